import CoreMetrics
import HTTPTypes
import Synchronization

/// What the service counts and times, through swift-metrics.
struct ServiceMetrics: Sendable {
    static let help = [
        "convserve_requests_total": "Requests answered, by route and status.",
        "convserve_request_duration_seconds": "Time of one stage of a request, by route and stage.",
        "convserve_request_bytes_total": "Octets of request bodies as received.",
        "convserve_response_bytes_total": "Octets of response bodies as sent.",
        "convserve_queue_depth": "Requests that wait for a free place on the compute queue.",
        "convserve_build_info": "Always 1; the label names the version.",
    ]

    private struct Key: Hashable {
        let route: String
        let status: Int
    }

    /// Made once per route: the four stages.
    private struct Stages {
        let parse, queue, compute, write: CoreMetrics.Timer
    }

    private struct Cache {
        var counters: [Key: Counter] = [:]
        var stages: [String: Stages] = [:]
    }

    private final class Shared: Sendable {
        let cache = Mutex(Cache())
    }

    private let shared = Shared()
    private let factory: any MetricsFactory
    private let received: Counter
    private let sent: Counter
    private let queueDepth: Meter

    init(factory: any MetricsFactory, version: String) {
        self.factory = factory
        received = Counter(label: "convserve_request_bytes_total", dimensions: [], factory: factory)
        sent = Counter(label: "convserve_response_bytes_total", dimensions: [], factory: factory)
        queueDepth = Meter(label: "convserve_queue_depth", dimensions: [], factory: factory)
        Meter(label: "convserve_build_info", dimensions: [("version", version)], factory: factory).set(1)
    }

    func answered(route: String, status: HTTPResponse.Status, received bytesIn: Int, sent bytesOut: Int) {
        let counter = shared.cache.withLock { cache in
            let key = Key(route: route, status: status.code)
            if let counter = cache.counters[key] { return counter }
            let dimensions = [("route", route), ("status", String(status.code))]
            let counter = Counter(label: "convserve_requests_total", dimensions: dimensions, factory: factory)
            cache.counters[key] = counter
            return counter
        }
        counter.increment()
        if bytesIn > 0 { received.increment(by: bytesIn) }
        if bytesOut > 0 { sent.increment(by: bytesOut) }
    }

    func timed(route: String, _ timings: Timings) {
        let stages = shared.cache.withLock { cache in
            if let stages = cache.stages[route] { return stages }
            let stages = Stages(
                parse: timer(route, "parse"),
                queue: timer(route, "queue"),
                compute: timer(route, "compute"),
                write: timer(route, "write")
            )
            cache.stages[route] = stages
            return stages
        }
        stages.parse.recordNanoseconds(timings.parse.nanoseconds)
        stages.queue.recordNanoseconds(timings.queue.nanoseconds)
        stages.compute.recordNanoseconds(timings.compute.nanoseconds)
        stages.write.recordNanoseconds(timings.write.nanoseconds)
    }

    func queueDepth(_ depth: Int) { queueDepth.set(depth) }

    private func timer(_ route: String, _ stage: String) -> CoreMetrics.Timer {
        CoreMetrics.Timer(
            label: "convserve_request_duration_seconds",
            dimensions: [("route", route), ("stage", stage)],
            factory: factory
        )
    }
}
