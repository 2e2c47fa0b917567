import CLinux
import Glibc

/// The one timer of a loop. It is set to the earliest deadline that was noted since it last rang; a deadline that moves
/// later, as each request moves the idle one, leaves it alone, and ringing in vain costs one look at the connections.
struct Alarm: ~Copyable {

    /// Deadlines closer together than this are looked at together.
    private static let grain = Duration.milliseconds(100)

    let descriptor: Descriptor
    private var next: Instant?

    init() throws(ServerError) {
        let flags = Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC)
        descriptor = Descriptor(adopting: try checked("timerfd_create") { timerfd_create(CLOCK_BOOTTIME, flags) })
    }

    /// Rings at this instant or a little later.
    @inline(__always)
    mutating func note(_ deadline: Instant, now: Instant) {
        if let next, next <= deadline { return }
        set(to: max(deadline, now + Self.grain), now: now)
    }

    /// After it rang, and before the deadlines are noted anew.
    mutating func reset() {
        next = nil
        var count: UInt64 = 0
        let raw = descriptor.raw
        _ = uninterrupted { read(raw, &count, MemoryLayout<UInt64>.size) }
    }

    private mutating func set(to instant: Instant, now: Instant) {
        next = instant
        let left = Int(instant.nanoseconds(since: now))
        var time = itimerspec()
        time.it_value.tv_sec = left / 1_000_000_000
        time.it_value.tv_nsec = left % 1_000_000_000
        _ = timerfd_settime(descriptor.raw, 0, &time, nil)
    }
}
