import CoreMetrics
import HTTPTypes
import Synchronization

/// What is counted and timed of one route. Made with the route, so that a request looks nothing up but its status.
final class RouteMetrics: Sendable {
    /// The route's name in metrics and logs.
    let label: String

    private struct Stages {
        let parse, queue, compute, write: CoreMetrics.Timer
    }

    /// Made when first needed: a series for each route that nobody uses would say nothing at length.
    private struct State {
        var counters: [Int: Counter] = [:]
        var whole: CoreMetrics.Timer?
        var stages: Stages?
    }

    private let state = Mutex(State())
    private let factory: any MetricsFactory

    init(label: String, factory: any MetricsFactory) {
        self.label = label
        self.factory = factory
    }

    func answered(status: HTTPResponse.Status, took: Duration?) {
        let (counter, whole) = state.withLock { state -> (Counter, CoreMetrics.Timer) in
            let counter = state.counters[status.code] ?? makeCounter(status.code)
            state.counters[status.code] = counter
            let whole = state.whole ?? timer("convserve_request_duration_seconds", [])
            state.whole = whole
            return (counter, whole)
        }
        counter.increment()
        if let took { whole.recordNanoseconds(took.nanoseconds) }
    }

    func timed(_ timings: Timings) {
        let stages = state.withLock { state in
            let stages = state.stages ?? makeStages()
            state.stages = stages
            return stages
        }
        stages.parse.recordNanoseconds(timings.parse.nanoseconds)
        stages.queue.recordNanoseconds(timings.queue.nanoseconds)
        stages.compute.recordNanoseconds(timings.compute.nanoseconds)
        stages.write.recordNanoseconds(timings.write.nanoseconds)
    }

    private func makeCounter(_ status: Int) -> Counter {
        let dimensions = [("route", label), ("status", String(status))]
        return Counter(label: "convserve_requests_total", dimensions: dimensions, factory: factory)
    }

    private func makeStages() -> Stages {
        let name = "convserve_request_stage_seconds"
        return Stages(
            parse: timer(name, [("stage", "parse")]),
            queue: timer(name, [("stage", "queue")]),
            compute: timer(name, [("stage", "compute")]),
            write: timer(name, [("stage", "write")])
        )
    }

    private func timer(_ name: String, _ dimensions: [(String, String)]) -> CoreMetrics.Timer {
        CoreMetrics.Timer(label: name, dimensions: [("route", label)] + dimensions, factory: factory)
    }
}
