import CLinux
import Dispatch
import Glibc

/// What requests have freed stays with the process for those that follow, instead of being taken from it, zeroed and given
/// to it anew page by page, which takes as long as computing a middling layer. It is given back when little has happened
/// for a while.
struct SpareMemory {
    /// How often to look, and less processor time in between than this is little.
    private static let period = 5, little = 0.02

    private let timer: any DispatchSourceTimer

    /// To be made before there is anything to be kept.
    init() {
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "convserve.memory"))
        keep_freed_memory()
        timer.schedule(deadline: .now() + .seconds(Self.period), repeating: .seconds(Self.period), leeway: .seconds(1))
        var (before, hasWorked) = (0.0, false)
        timer.setEventHandler {
            let now = Self.processorSeconds
            let isIdle = now - before < Self.little
            if isIdle && hasWorked { give_back_freed_memory() }
            // Giving it back takes time too.
            (before, hasWorked) = (Self.processorSeconds, !isIdle)
        }
        timer.activate()
    }

    /// Of all threads.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
