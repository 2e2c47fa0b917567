/// How long the stages of one request took.
struct Timings: Sendable {
    /// Bytes into tensors and layers.
    var parse = Duration.zero
    /// Waiting for a free place on the compute queue.
    var queue = Duration.zero
    /// Planning and running the layers.
    var compute = Duration.zero
    /// Tensors into the answer's bytes, content coding included.
    var write = Duration.zero

    /// The value of `Server-Timing` (W3C): milliseconds with three decimals.
    var field: String {
        "parse;dur=\(parse.milliseconds), queue;dur=\(queue.milliseconds), "
            + "compute;dur=\(compute.milliseconds), write;dur=\(write.milliseconds)"
    }
}

extension Duration {
    /// Whole nanoseconds; a request never lasts the 292 years that would not fit.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ attoseconds / 1_000_000_000
    }

    /// `12.034`
    fileprivate var milliseconds: String {
        let microseconds = max(0, nanoseconds) / 1000
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}

/// Measures stages one after the other.
struct Stopwatch {
    private var last = ContinuousClock.now

    /// The time since the last lap, or since the start.
    mutating func lap() -> Duration {
        let now = ContinuousClock.now
        defer { last = now }
        return now - last
    }
}
