import Dispatch
import Glibc

/// Signals call a handler in the order of their arrival, instead of what they would do by default.
///
/// On a serial queue, for which Dispatch always finds a thread. Swift's tasks get none while requests are computed on
/// every core, so a task would hear of the signal when the load is over.
struct Signals {
    private let queue = DispatchQueue(label: "convserve.signals")
    private let watched = DispatchGroup()
    private var sources: [any DispatchSourceSignal] = []

    mutating func handle(_ numbers: [Int32], _ handler: @escaping @Sendable (DispatchQueue) -> Void) {
        let (queue, watched) = (queue, watched)
        sources += numbers.map { number in
            // Without this the signal's default ends the process before the source sees it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { handler(queue) }
            watched.enter()
            source.setRegistrationHandler { watched.leave() }
            source.activate()
            return source
        }
    }

    /// Waits until every handler would be called: Dispatch begins to watch a while after it is told to, and what comes
    /// before is lost.
    func awaitWatch() { watched.wait() }
}
