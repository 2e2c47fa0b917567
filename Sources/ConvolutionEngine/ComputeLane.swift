/// How long a task is likely to take. Each lane has places of its own, so that a task never waits for longer ones: the
/// system shares the cores among those that run.
package enum ComputeLane: Int, CaseIterable, Sendable {
    /// Up to about 2 ms.
    case short
    /// Up to about 100 ms.
    case middle
    case long
    /// The text of large answers, a few hundred microseconds at a time while it is sent: what has been begun comes to its
    /// end beside all that is computed.
    case writing

    /// - Parameter nanoseconds: an estimate of the task's time on one core.
    package init(nanoseconds: Int) {
        switch nanoseconds {
        case ...2_000_000: self = .short
        case ...100_000_000: self = .middle
        default: self = .long
        }
    }
}
