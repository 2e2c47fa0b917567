import CVectorKernels
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One resident thread and the mailbox through which it gets jobs.
///
/// The mailbox is one word: a state below 16, or the address of a job. Only the worker moves it from a job to `busy`,
/// so a caller that can still exchange its job for `idle` knows that the worker never saw it.
final class TeamWorker: @unchecked Sendable {
    private enum State {
        /// Spinning, ready at once.
        static let idle: UInt = 0
        static let busy: UInt = 1
        /// Asleep until signalled.
        static let parked: UInt = 2
        static let stopping: UInt = 3
    }

    /// Long enough to bridge the gap between two layers, short enough that an idle process uses no processor time.
    static let spinNanoseconds = 50_000
    /// While a caller goes from layer to layer: small ones are not shared, and a few of them follow one another.
    private static let attendingNanoseconds = 1_000_000

    private let mailbox = Atomic<UInt>(State.idle)
    private let occupancy: TeamOccupancy
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init(occupancy: TeamOccupancy) {
        self.occupancy = occupancy
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
        start()
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Hands over the job unless the worker is busy, or asleep and not to be woken.
    func post(_ job: TeamJob, wakes: Bool) -> Bool {
        while true {
            let state = mailbox.load(ordering: .relaxed)
            guard state == State.idle || (state == State.parked && wakes) else { return false }
            // The worker takes over this reference; `withdraw` takes it back.
            let reference = Unmanaged.passRetained(job)
            if exchange(state, for: UInt(bitPattern: reference.toOpaque())) {
                occupancy.busy.wrappingAdd(1, ordering: .relaxed)
                if state == State.parked { signal() }
                return true
            }
            // It fell asleep, or somebody else was quicker.
            reference.release()
        }
    }

    /// Takes the job back if the worker has not begun it; otherwise the worker will leave it by itself.
    func withdraw(_ job: TeamJob) -> Bool {
        let reference = Unmanaged.passUnretained(job)
        guard exchange(UInt(bitPattern: reference.toOpaque()), for: State.idle) else { return false }
        reference.release()
        occupancy.busy.wrappingSubtract(1, ordering: .relaxed)
        return true
    }

    /// Makes it ready where it sleeps.
    func wake() {
        if mailbox.load(ordering: .relaxed) == State.parked, exchange(State.parked, for: State.idle) { signal() }
    }

    /// Ends the thread. Nobody may post any more.
    func stop() {
        mailbox.store(State.stopping, ordering: .releasing)
        signal()
    }

    private func exchange(_ expected: UInt, for desired: UInt) -> Bool {
        mailbox.compareExchange(expected: expected, desired: desired, ordering: .acquiringAndReleasing).exchanged
    }

    private func signal() {
        pthread_mutex_lock(mutex)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    private func start() {
        // Signals belong to the threads that serve connections; a new thread inherits its maker's mask.
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let failed = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<TeamWorker>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            },
            context.toOpaque()
        )
        guard failed == 0 else {
            // The system has no more threads: the team is smaller, and works.
            context.release()
            mailbox.store(State.busy, ordering: .relaxed)
            return
        }
        pthread_detach(thread)
    }

    private func serve() {
        let scratch = Scratch()
        while true {
            let word = nextWord()
            guard word != State.stopping else { return }
            guard let address = UnsafeRawPointer(bitPattern: word), exchange(word, for: State.busy) else { continue }
            let departures = perform(Unmanaged.fromOpaque(address), scratch: scratch)
            // Free for the caller's next phase before the caller learns that this one is done.
            occupancy.busy.wrappingSubtract(1, ordering: .relaxed)
            _ = exchange(State.busy, for: State.idle)
            departures.leave()
        }
    }

    /// Does the worker's part and releases the job: its closure is the caller's, who must find nobody holding it.
    @inline(never)
    private func perform(_ reference: Unmanaged<TeamJob>, scratch: Scratch) -> TeamDepartures {
        let job = reference.takeRetainedValue()
        scratch.ensure(job.scratch)
        job.join(scratch: scratch.pointer)
        return job.departures
    }

    /// Spins, then sleeps, until the mailbox holds something other than `idle` and `parked`.
    private func nextWord() -> UInt {
        let start = TeamWorker.monotonicNanoseconds()
        var spun = 0
        repeat {
            for _ in 0..<64 {
                let word = mailbox.load(ordering: .acquiring)
                if word != State.idle { return word }
                cv_spin_hint()
            }
            spun = TeamWorker.monotonicNanoseconds() - start
            // Where every core computes, spinning takes one from somebody.
        } while occupancy.hasRoom
            && spun < (occupancy.expectsWork ? TeamWorker.attendingNanoseconds : TeamWorker.spinNanoseconds)
        guard exchange(State.idle, for: State.parked) else { return mailbox.load(ordering: .acquiring) }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while mailbox.load(ordering: .acquiring) == State.parked { pthread_cond_wait(condition, mutex) }
        return mailbox.load(ordering: .acquiring)
    }

    static func monotonicNanoseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000_000_000 + now.tv_nsec
    }
}
