import ArgumentParser
import ConvolutionEngine
import Dispatch
import Synchronization

/// `convbench concurrency FILE`: how many requests a second the queue and the team compute when several are in flight.
struct ConcurrencyBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "concurrency",
        abstract: "Prints requests a second with 1, 2, 8 and 64 requests in flight, as lines of JSON.",
        discussion: "A request is the first layer of FILE, or the whole of it if it is a network, planned once."
    )

    @Argument(help: "A JSON file as for the command layers.")
    var file: String

    @Option(help: "Threads that compute. Default: all cores.")
    var threads: Int?

    @Option(help: "Seconds to measure each number of requests.")
    var seconds = 2.0

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    }

    func run() throws {
        let team = threads.map(Team.init(size:)) ?? .shared
        guard let layer = try BenchmarkLayer.read(file: file).first else { throw ValidationError("\(file) is empty.") }
        let work = try layer.prepared(team: team).run
        for inFlight in [1, 2, 8, 64] {
            let rate = measure(inFlight: inFlight, width: team.size, work)
            print(#"{"in_flight":\#(inFlight),"per_second":\#((rate * 100).rounded() / 100)}"#)
        }
    }

    private func measure(inFlight: Int, width: Int, _ work: @escaping @Sendable () -> Void) -> Double {
        let load = RepeatedLoad(queue: ComputeQueue(width: width, capacity: inFlight), work: work)
        let clock = ContinuousClock(), start = clock.now
        for _ in 0..<inFlight { load.begin(until: start + .seconds(seconds)) }
        load.group.wait()
        return Double(load.done.load(ordering: .relaxed)) / ((clock.now - start) / .seconds(1))
    }
}

/// Work that is submitted anew each time it is done, until it is time to stop.
private final class RepeatedLoad: Sendable {
    let group = DispatchGroup()
    let done = Atomic(0)
    private let queue: ComputeQueue
    private let work: @Sendable () -> Void

    init(queue: ComputeQueue, work: @escaping @Sendable () -> Void) {
        self.queue = queue
        self.work = work
    }

    func begin(until end: ContinuousClock.Instant) {
        group.enter()
        submit(until: end)
    }

    private func submit(until end: ContinuousClock.Instant) {
        _ = queue.submit(.middle) { [self] in
            work()
            done.wrappingAdd(1, ordering: .relaxed)
            if ContinuousClock.now < end { submit(until: end) } else { group.leave() }
        }
    }
}
