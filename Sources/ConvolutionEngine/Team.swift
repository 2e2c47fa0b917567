import Synchronization

/// Who shares the work inside one layer: the resident threads, and when to stop.
///
/// A caller works on its own tasks and takes along as many idle workers as there are free cores at that moment; it
/// never waits for a worker to become free. Every task is computed the same way whoever does it, so results do not
/// depend on how many took part.
package struct Team: Sendable {
    /// One thread for each core that the process may use.
    package static let shared = Team(size: TeamSize.available())

    private let threads: TeamThreads
    private var stop: (@Sendable () -> Bool)?

    package init(size: Int) { threads = TeamThreads(size: size) }

    /// Threads that can work at once, a caller included.
    package var size: Int { threads.size }

    /// About how many could begin at once, a caller that is outside `run` included.
    package var freeThreads: Int { threads.free }

    /// The same threads for work that may be given up: once `stop` says yes, and it must say so ever after, tasks not
    /// yet begun are left out. It is asked before each task, on every thread, and must be cheap.
    package func stopping(when stop: @escaping @Sendable () -> Bool) -> Team {
        var team = self
        team.stop = stop
        return team
    }

    /// Whether what is computed is no longer wanted; a task of many milliseconds may ask between its parts.
    package var isStopped: Bool { stop?() ?? false }

    /// Calls `body` once for each task 0..<tasks, in any order, on any thread of the team, and returns when all are
    /// done, or when those begun are and the team is stopped.
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
        threads.run(tasks: tasks, scratch: scratch, nanoseconds: nanoseconds, stop: stop, body)
    }

    /// Calls `body` once for each task 0..<tasks, in any order, on any thread of the team, and returns when all are
    /// done, or when those begun are and the team is stopped.
    package func run(tasks: Int, nanoseconds: Int = .max, _ body: (Int) -> Void) {
        run(tasks: tasks, scratch: 0, nanoseconds: nanoseconds) { task, _ in body(task) }
    }
}

/// The threads themselves: started once, asleep when there is nothing to do.
private final class TeamThreads: Sendable {
    let size: Int
    private let workers: [TeamWorker]
    private let occupancy = TeamOccupancy()
    private let scratchPool = ScratchPool()

    init(size: Int) {
        self.size = max(1, size)
        workers = (1..<max(1, size)).map { [occupancy] _ in TeamWorker(occupancy: occupancy) }
    }

    deinit {
        for worker in workers { worker.stop() }
    }

    func run(
        tasks: Int,
        scratch: Int,
        nanoseconds: Int,
        stop: (@Sendable () -> Bool)?,
        _ body: (Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        occupancy.busy.wrappingAdd(1, ordering: .relaxed)
        defer { occupancy.busy.wrappingSubtract(1, ordering: .relaxed) }
        let memory = scratchPool.borrow(scratch)
        defer { scratchPool.giveBack(memory) }

        let helpers = helpersWorthwhile(tasks: tasks, nanoseconds: nanoseconds)
        guard helpers > 0, tasks <= TeamJob.maximumTasks else {
            for task in 0..<max(0, tasks) {
                if let stop, stop() { return }
                body(task, memory.pointer)
            }
            return
        }
        withoutActuallyEscaping(body) { escapable in
            let job = TeamJob(
                tasks: tasks,
                participants: helpers + 1,
                scratch: scratch,
                stop: stop,
                body: escapable
            )
            share(job, helpers: helpers, nanoseconds: nanoseconds, scratch: memory.pointer)
        }
    }

    var free: Int { size - occupancy.busy.load(ordering: .relaxed) }

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
