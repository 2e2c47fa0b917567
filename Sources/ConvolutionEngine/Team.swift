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
    /// Whether the caller is counted among those that compute, from one layer to the next.
    private var attends = false

    package init(size: Int) { threads = TeamThreads(size: size) }

    /// Threads that can work at once, a caller included.
    package var size: Int { threads.size }

    /// About how many could begin at once, a caller that is outside `run` included.
    package var freeThreads: Int { threads.free + (attends ? 1 : 0) }

    /// The same threads for work that may be given up: once `stop` says yes, and it must say so ever after, tasks not
    /// yet begun are left out. It is asked before each task, on every thread, and must be cheap.
    package func stopping(when stop: @escaping @Sendable () -> Bool) -> Team {
        var team = self
        team.stop = stop
        return team
    }

    /// The same threads for a caller that has several layers to compute, one after the other: workers for which a core is
    /// free stay awake between them. To be called outside `run`, and followed by `leave` once.
    ///
    /// - Parameter nanoseconds: about how long all of it takes on one thread.
    func attending(nanoseconds: Int) -> Team {
        var team = self
        team.attends = true
        threads.attend(nanoseconds: nanoseconds)
        return team
    }

    func leave() { threads.leave() }

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
        if !attends { threads.enter() }
        defer { if !attends { threads.exit() } }
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
    private let occupancy: TeamOccupancy
    private let scratchPool = ScratchPool()
    private let streak = CallStreak(gap: TeamWorker.spinNanoseconds)

    init(size: Int) {
        let occupancy = TeamOccupancy(size: max(1, size))
        self.size = max(1, size)
        self.occupancy = occupancy
        workers = (1..<max(1, size)).map { _ in TeamWorker(occupancy: occupancy) }
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

    /// The caller computes from now on.
    func enter() { occupancy.busy.wrappingAdd(1, ordering: .relaxed) }

    func exit() { occupancy.busy.wrappingSubtract(1, ordering: .relaxed) }

    func attend(nanoseconds: Int) {
        enter()
        occupancy.attended.wrappingAdd(1, ordering: .relaxed)
        guard nanoseconds >= TeamThreads.worthWaking else { return }
        for worker in workers.prefix(max(0, free)) { worker.wake() }
    }

    func leave() {
        occupancy.attended.wrappingSubtract(1, ordering: .relaxed)
        exit()
    }

    var free: Int { size - occupancy.busy.load(ordering: .relaxed) }

    /// A worker that spins takes over within a microsecond, so 8 µs each are worth it.
    private func helpersWorthwhile(tasks: Int, nanoseconds: Int) -> Int {
        min(tasks - 1, free, nanoseconds / 8_000 - 1, workers.count)
    }

    /// Nanoseconds of work for which one that sleeps is woken: it needs some 50 µs and costs the caller a few, but is awake
    /// when a layer like this one follows.
    private static let worthWaking = 50_000

    private func share(_ job: TeamJob, helpers: Int, nanoseconds: Int, scratch: UnsafeMutablePointer<Float>) {
        var posted: [TeamWorker] = []
        posted.reserveCapacity(helpers)
        post(job, helpers: helpers, wakes: nanoseconds >= TeamThreads.worthWaking, to: &posted)
        let isAlone = posted.isEmpty
        if isAlone, streak.begin(nanoseconds, at: TeamWorker.monotonicNanoseconds()) >= TeamThreads.worthWaking {
            post(job, helpers: helpers, wakes: true, to: &posted)
        }
        job.work(as: 0, scratch: scratch)
        var began = 0
        for worker in posted where !worker.withdraw(job) { began += 1 }
        job.departures.wait(for: began)
        if isAlone { streak.end(at: TeamWorker.monotonicNanoseconds()) }
    }

    private func post(_ job: TeamJob, helpers: Int, wakes: Bool, to posted: inout [TeamWorker]) {
        for worker in workers where posted.count < helpers {
            if worker.post(job, wakes: wakes) { posted.append(worker) }
        }
    }
}

/// How many threads compute right now, and whether there will be more for them to do.
final class TeamOccupancy: Sendable {
    /// Threads that can work at once.
    let size: Int
    /// Callers inside `run` or between two layers, and the workers they took along.
    let busy = Atomic<Int>(0)
    /// Callers that go from layer to layer.
    let attended = Atomic<Int>(0)

    init(size: Int) { self.size = size }

    /// Whether a thread more would have a core to itself.
    var hasRoom: Bool { busy.load(ordering: .relaxed) < size }

    /// Whether the next layer is likely to want one.
    var expectsWork: Bool { attended.load(ordering: .relaxed) > 0 }
}
