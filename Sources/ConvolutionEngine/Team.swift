import Synchronization

/// The threads that share the work inside one layer: resident, started once, asleep when there is nothing to do.
///
/// A caller works on its own tasks and takes along as many idle workers as there are free cores at that moment; it
/// never waits for a worker to become free. Every task is computed the same way whoever does it, so results do not
/// depend on how many took part.
package final class Team: Sendable {
    /// One thread for each core that the process may use.
    package static let shared = Team(size: TeamSize.available())

    /// Threads that can work at once, a caller included.
    package let size: Int
    private let workers: [TeamWorker]
    private let occupancy = TeamOccupancy()
    private let scratchPool = ScratchPool()
    /// Whose threads these are, and when to leave out what has not begun.
    private let lent: (team: Team, isCancelled: @Sendable () -> Bool)?

    package init(size: Int) {
        self.size = max(1, size)
        lent = nil
        workers = (1..<max(1, size)).map { [occupancy] _ in TeamWorker(occupancy: occupancy) }
    }

    /// The same threads for work that may be given up: once `isCancelled` says yes, tasks that have not begun are left
    /// out, and what they would have written stays undefined. It is asked before each task, on any thread.
    func cancellable(_ isCancelled: @escaping @Sendable () -> Bool) -> Team {
        Team(lentBy: self, isCancelled: isCancelled)
    }

    private init(lentBy team: Team, isCancelled: @escaping @Sendable () -> Bool) {
        size = team.size
        workers = []
        lent = (team, isCancelled)
    }

    deinit {
        for worker in workers { worker.stop() }
    }

    /// Calls `body` once for each task 0..<tasks, in any order, on any thread of the team, and returns when all are done.
    ///
    /// - Parameters:
    ///   - scratch: floats of working memory that each call gets, undefined at the start.
    ///   - nanoseconds: about how long all tasks take on one thread; little work is not worth waking others.
    package func run(
        tasks: Int,
        scratch: Int = 0,
        nanoseconds: Int = .max,
        _ body: (Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        if let lent {
            return lent.team.run(tasks: tasks, scratch: scratch, nanoseconds: nanoseconds) { task, memory in
                if !lent.isCancelled() { body(task, memory) }
            }
        }
        occupancy.busy.wrappingAdd(1, ordering: .relaxed)
        defer { occupancy.busy.wrappingSubtract(1, ordering: .relaxed) }
        let memory = scratchPool.borrow(scratch)
        defer { scratchPool.giveBack(memory) }

        let helpers = helpersWorthwhile(tasks: tasks, nanoseconds: nanoseconds)
        guard helpers > 0, tasks <= TeamJob.maximumTasks else {
            for task in 0..<max(0, tasks) { body(task, memory.pointer) }
            return
        }
        withoutActuallyEscaping(body) { escapable in
            let job = TeamJob(tasks: tasks, participants: helpers + 1, scratch: scratch, body: escapable)
            share(job, helpers: helpers, nanoseconds: nanoseconds, scratch: memory.pointer)
        }
    }

    /// Calls `body` once for each task 0..<tasks, in any order, on any thread of the team, and returns when all are done.
    package func run(tasks: Int, nanoseconds: Int = .max, _ body: (Int) -> Void) {
        run(tasks: tasks, scratch: 0, nanoseconds: nanoseconds) { task, _ in body(task) }
    }

    /// A worker that spins takes over within a microsecond, so 15 µs each are worth it.
    private func helpersWorthwhile(tasks: Int, nanoseconds: Int) -> Int {
        let free = size - occupancy.busy.load(ordering: .relaxed)
        return min(tasks - 1, free, nanoseconds / 15_000 - 1, workers.count)
    }

    private func share(_ job: TeamJob, helpers: Int, nanoseconds: Int, scratch: UnsafeMutablePointer<Float>) {
        // One that sleeps needs some 50 µs to wake and costs the caller a few to do it.
        let wakes = nanoseconds >= 150_000
        var posted: [TeamWorker] = []
        posted.reserveCapacity(helpers)
        for worker in workers where posted.count < helpers {
            if worker.post(job, wakes: wakes) { posted.append(worker) }
        }
        job.work(as: 0, scratch: scratch)
        var began = 0
        for worker in posted where !worker.withdraw(job) { began += 1 }
        job.departures.wait(for: began)
    }
}

/// How many threads compute right now: callers inside `run`, and the workers they took along.
final class TeamOccupancy: Sendable {
    let busy = Atomic<Int>(0)
}
