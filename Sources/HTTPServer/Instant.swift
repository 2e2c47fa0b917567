import CLinux
import Glibc

/// A moment: the time since the machine was started, in which it may have slept.
///
/// What `ContinuousClock.Instant` is, but of a size that the compiler knows: that one's is looked up whenever one is
/// copied, which a request does dozens of times.
package struct Instant: Hashable, Comparable, Sendable {
    private let sinceStart: Duration

    private init(sinceStart: Duration) {
        self.sinceStart = sinceStart
    }

    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        let attoseconds = Int64(time.tv_nsec) * 1_000_000_000
        return Instant(sinceStart: Duration(secondsComponent: Int64(time.tv_sec), attosecondsComponent: attoseconds))
    }

    package static func < (one: Instant, other: Instant) -> Bool { one.sinceStart < other.sinceStart }

    package static func - (one: Instant, other: Instant) -> Duration { one.sinceStart - other.sinceStart }

    package static func + (one: Instant, wait: Duration) -> Instant { Instant(sinceStart: one.sinceStart + wait) }

    package static func += (one: inout Instant, wait: Duration) { one = one + wait }
}
