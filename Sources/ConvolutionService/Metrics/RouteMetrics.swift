import CoreMetrics
import HTTPTypes
import Synchronization

/// What is counted and timed of one route. Made with the route, so that a request looks nothing up but its status.
final class RouteMetrics: Sendable {
    /// The route's name in metrics and logs.
    let label: String

    /// Of the requests that are answered with numbers.
    private final class Stages: Sendable {
        let parse, queue, compute, write: CoreMetrics.Timer

        init(_ make: (_ stage: String) -> CoreMetrics.Timer) {
            parse = make("parse")
            queue = make("queue")
            compute = make("compute")
            write = make("write")
        }
    }

    // Made when first needed: a series for each route that nobody uses would say nothing at length.
    private let successes = AtomicLazyReference<Counter>()
    private let whole = AtomicLazyReference<CoreMetrics.Timer>()
    private let stages = AtomicLazyReference<Stages>()
    /// Of the other statuses.
    private let counters = Mutex<[Int: Counter]>([:])
    private let factory: any MetricsFactory

    init(label: String, factory: any MetricsFactory) {
        self.label = label
        self.factory = factory
    }

    func answered(status: HTTPResponse.Status, took: Duration? = nil, timings: Timings? = nil) {
        counter(status.code).increment()
        let whole = whole.load() ?? whole.storeIfNil(timer("convserve_request_duration_seconds", []))
        if let took { whole.recordNanoseconds(took.nanoseconds) }
        guard let timings else { return }
        let stages = stages.load() ?? stages.storeIfNil(makeStages())
        stages.parse.recordNanoseconds(timings.parse.nanoseconds)
        stages.queue.recordNanoseconds(timings.queue.nanoseconds)
        stages.compute.recordNanoseconds(timings.compute.nanoseconds)
        stages.write.recordNanoseconds(timings.write.nanoseconds)
    }

    private func counter(_ status: Int) -> Counter {
        guard status != 200 else { return successes.load() ?? successes.storeIfNil(makeCounter(status)) }
        return counters.withLock { counters in
            let counter = counters[status] ?? makeCounter(status)
            counters[status] = counter
            return counter
        }
    }

    private func makeStages() -> Stages {
        Stages { timer("convserve_request_stage_seconds", [("stage", $0)]) }
    }

    private func makeCounter(_ status: Int) -> Counter {
        let dimensions = [("route", label), ("status", String(status))]
        return Counter(label: "convserve_requests_total", dimensions: dimensions, factory: factory)
    }

    private func timer(_ name: String, _ dimensions: [(String, String)]) -> CoreMetrics.Timer {
        CoreMetrics.Timer(label: name, dimensions: [("route", label)] + dimensions, factory: factory)
    }
}
