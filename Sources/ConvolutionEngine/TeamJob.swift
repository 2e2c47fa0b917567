import CVectorKernels
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One call of `Team.run`: a contiguous range of tasks for each participant, from which the others steal at the far
/// end once their own is used up.
///
/// A range is two 32-bit numbers in one atomic word, so that taking and stealing agree without a lock; each word has
/// two cache lines to itself.
final class TeamJob: @unchecked Sendable {
    static let maximumTasks = Int(Int32.max)
    private static let wordsApart = 16

    private let body: (Int, UnsafeMutablePointer<Float>) -> Void
    private let participants: Int
    private let stop: (@Sendable () -> Bool)?
    let scratch: Int
    /// next (high half) ..< end (low half)
    private let ranges: UnsafeMutablePointer<Atomic<UInt64>>
    private let joined = Atomic<Int>(1)
    /// Outlives the job, so that a worker can let go of the job before it says that it is done.
    let departures = TeamDepartures()

    init(
        tasks: Int,
        participants: Int,
        scratch: Int,
        stop: (@Sendable () -> Bool)?,
        body: @escaping (Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        self.body = body
        self.participants = participants
        self.scratch = scratch
        self.stop = stop
        ranges = .allocate(capacity: participants * TeamJob.wordsApart)
        for index in 0..<participants {
            let first = tasks * index / participants, end = tasks * (index + 1) / participants
            (ranges + index * TeamJob.wordsApart).initialize(to: Atomic(UInt64(first) << 32 | UInt64(end)))
        }
    }

    deinit {
        for index in 0..<participants { (ranges + index * TeamJob.wordsApart).deinitialize(count: 1) }
        ranges.deallocate()
    }

    /// A worker's part in the job: its number is the order in which it came.
    func join(scratch: UnsafeMutablePointer<Float>) {
        work(as: joined.wrappingAdd(1, ordering: .relaxed).oldValue, scratch: scratch)
    }

    func work(as participant: Int, scratch: UnsafeMutablePointer<Float>) {
        while let task = take(from: participant, atFront: true) {
            if let stop, stop() { return }
            body(task, scratch)
        }
        for distance in 1..<participants {
            let other = (participant + distance) % participants
            while let task = take(from: other, atFront: false) {
                if let stop, stop() { return }
                body(task, scratch)
            }
        }
    }

    private func take(from participant: Int, atFront: Bool) -> Int? {
        let range = ranges + participant * TeamJob.wordsApart
        var word = range.pointee.load(ordering: .relaxed)
        while true {
            let next = word >> 32, end = word & 0xffff_ffff
            guard next < end else { return nil }
            let desired = atFront ? word + (1 << 32) : word - 1
            let (exchanged, original) = range.pointee.weakCompareExchange(
                expected: word,
                desired: desired,
                ordering: .relaxed
            )
            if exchanged { return Int(atFront ? next : end - 1) }
            word = original
        }
    }
}

/// Counts the workers that have left a job.
final class TeamDepartures: Sendable {
    private let count = Atomic<Int>(0)

    /// The worker holds no reference to the job, or to anything of the caller's, any more.
    func leave() { count.wrappingAdd(1, ordering: .releasing) }

    func wait(for workers: Int) {
        var spins = 0
        while count.load(ordering: .acquiring) < workers {
            spins += 1
            // With more threads than cores the one that is waited for needs this one's core.
            if spins % 256 == 0 { sched_yield() } else { cv_spin_hint() }
        }
    }
}
