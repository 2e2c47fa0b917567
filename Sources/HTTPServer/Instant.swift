import CLinux
import Glibc

/// A moment: the time since the machine was started, in which it may have slept.
///
/// What `ContinuousClock.Instant` is, but counted in nanoseconds: that one's size is looked up whenever one is copied, and
/// what is between two of them is reckoned in 128 bits, which a request does dozens of times.
package struct Instant: Hashable, Comparable, Sendable {
    /// Since the start.
    @usableFromInline let nanoseconds: Int64

    @inlinable init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// Later than any other.
    static let distant = Instant(nanoseconds: .max)

    /// How long ago the other was, in nanoseconds.
    @inlinable package func nanoseconds(since other: Instant) -> Int64 { nanoseconds &- other.nanoseconds }

    /// So many nanoseconds later, or the last moment there is.
    @inlinable package func after(nanoseconds wait: Int64) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(wait)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    @inlinable package static func < (one: Instant, other: Instant) -> Bool { one.nanoseconds < other.nanoseconds }

    package static func - (one: Instant, other: Instant) -> Duration {
        .nanoseconds(one.nanoseconds(since: other))
    }

    package static func + (one: Instant, wait: Duration) -> Instant { one.after(nanoseconds: wait.nanoseconds) }

    package static func += (one: inout Instant, wait: Duration) { one = one + wait }
}

extension Duration {
    /// Whole nanoseconds; more than the 292 years that fit count as those.
    package var nanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }
}
