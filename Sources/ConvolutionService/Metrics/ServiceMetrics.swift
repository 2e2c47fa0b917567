import ConvolutionEngine
import CoreMetrics
import HTTPTypes
import Synchronization

/// Why a request was turned away before it was looked at more closely.
enum RefusalReason: String, CaseIterable, Sendable {
    case unauthorized
    case queueFull = "queue_full"
    case timeLimit = "time_limit"
    case clientGone = "client_gone"
    case wire
    case headTimeout = "head_timeout"
    case bodyTimeout = "body_timeout"
    case overloaded
    case draining
    case plainHTTP = "plain_http"
    case unanswered
}

/// What the service counts and times, through swift-metrics.
final class ServiceMetrics: Sendable {
    static let help = [
        "convserve_requests_total": "Requests answered, by route and status.",
        "convserve_request_duration_seconds":
            "Time from a request's first octet to its answer, by route; the answer's way to the client is not in it.",
        "convserve_request_stage_seconds": "Time of one stage of a request, by route and stage.",
        "convserve_request_bytes_total": "Octets of request bodies as received.",
        "convserve_response_bytes_total": "Octets of response bodies as sent.",
        "convserve_refused_total": "Requests turned away or given up, by reason.",
        "convserve_rate_limited_total": "Requests refused with 429, by whose limit it was.",
        "convserve_engine_busy_seconds_total": "Time that requests spent in planning and computing, added up.",
        "convserve_layers_total": "Layers computed, by algorithm.",
        "convserve_connections": "Connections that are open now.",
        "convserve_queue_depth": "Requests that wait for a free place, by lane of the compute queue.",
        "convserve_queue_bytes": "Octets of the requests that wait.",
        "convserve_running": "Requests that are being computed, by lane of the compute queue.",
        "convserve_weight_cache_bytes": "Octets of weights that are kept, as they came and as they were prepared.",
        "convserve_weight_cache_hits_total": "Convolutions whose weights had been prepared for an earlier request.",
        "convserve_weight_cache_misses_total": "Convolutions whose weights had to be prepared.",
        "convserve_log_lines_lost_total": "Lines of the log that were lost because nobody read them in time.",
        "convserve_build_info": "Always 1; the label names the version.",
    ]

    private let factory: any MetricsFactory
    private let received: Counter
    private let sent: Counter
    private let busy: FloatingPointCounter
    private let refusals: [RefusalReason: Counter]
    private let limited: [String: Counter]
    private let layers: LayerCounters
    private let lostLines: Total
    private let weightHits: Total
    private let weightMisses: Total

    init(factory: any MetricsFactory, version: String) {
        self.factory = factory
        received = Counter(label: "convserve_request_bytes_total", dimensions: [], factory: factory)
        sent = Counter(label: "convserve_response_bytes_total", dimensions: [], factory: factory)
        busy = FloatingPointCounter(label: "convserve_engine_busy_seconds_total", dimensions: [], factory: factory)
        // Made now, so that they stand at 0 before the first: a rate needs that.
        refusals = Dictionary(
            uniqueKeysWithValues: RefusalReason.allCases.map { reason in
                let dimensions = [("reason", reason.rawValue)]
                return (reason, Counter(label: "convserve_refused_total", dimensions: dimensions, factory: factory))
            }
        )
        limited = Dictionary(
            uniqueKeysWithValues: ["address", "key"].map { label in
                (label, Counter(label: "convserve_rate_limited_total", dimensions: [("by", label)], factory: factory))
            }
        )
        layers = LayerCounters(factory)
        lostLines = Total("convserve_log_lines_lost_total", factory)
        weightHits = Total("convserve_weight_cache_hits_total", factory)
        weightMisses = Total("convserve_weight_cache_misses_total", factory)
        Meter(label: "convserve_build_info", dimensions: [("version", version)], factory: factory).set(1)
    }

    func transferred(received bytesIn: Int, sent bytesOut: Int) {
        if bytesIn > 0 { received.increment(by: bytesIn) }
        if bytesOut > 0 { sent.increment(by: bytesOut) }
    }

    func refused(_ reason: RefusalReason) { refusals[reason]?.increment() }

    func rateLimited(by label: String) { limited[label]?.increment() }

    func computed(nanoseconds: Int64) { busy.increment(by: Double(nanoseconds) / 1e9) }

    func computed(layersBy algorithm: String) { layers.increment(algorithm) }

    func logLinesLost(inAll count: Int) { lostLines.set(count) }

    func cachedWeights(_ reading: WeightCache.Reading) {
        weightHits.set(reading.hits)
        weightMisses.set(reading.misses)
        gauge("convserve_weight_cache_bytes", [], reading.bytes)
    }

    /// A number that is looked up when somebody asks for the metrics.
    func gauge(_ label: String, _ dimensions: [(String, String)], _ value: Int) {
        Meter(label: label, dimensions: dimensions, factory: factory).set(value)
    }
}

/// A counter of what somebody else counts.
private final class Total: Sendable {
    private let counter: Counter
    /// What it stands at.
    private let counted = Mutex(0)

    init(_ label: String, _ factory: any MetricsFactory) {
        counter = Counter(label: label, dimensions: [], factory: factory)
    }

    /// As many as there have been since the beginning.
    func set(_ count: Int) {
        let new = counted.withLock { counted in
            defer { counted = max(counted, count) }
            return count - counted
        }
        if new > 0 { counter.increment(by: new) }
    }
}
