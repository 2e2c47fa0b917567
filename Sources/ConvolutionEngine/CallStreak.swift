import Synchronization

/// Calls that found every worker asleep and are each too small to wake one for, but follow one another so closely that
/// one who is awake would stay awake. Callers may come at the same time: then it is an estimate.
final class CallStreak: Sendable {
    /// Nanoseconds between two calls of a streak at most.
    private let gap: Int
    private let work = Atomic<Int>(0)
    private let ended = Atomic<Int>(.min / 2)

    init(gap: Int) { self.gap = gap }

    /// A call begins. Gives the nanoseconds of work of its streak so far, its own included.
    func begin(_ nanoseconds: Int, at now: Int) -> Int {
        let follows = now - ended.load(ordering: .relaxed) < gap
        let sum = (follows ? work.load(ordering: .relaxed) : 0) + min(nanoseconds, .max / 2)
        work.store(min(sum, .max / 2), ordering: .relaxed)
        return sum
    }

    func end(at now: Int) { ended.store(now, ordering: .relaxed) }
}
