import HTTPServer

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
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the value of `Server-Timing`: every answer with numbers has one.
    func append(to text: inout [UInt8]) {
        text.append("parse;dur=")
        text.append(thousandths: parse.microseconds)
        text.append(", queue;dur=")
        text.append(thousandths: queue.microseconds)
        text.append(", compute;dur=")
        text.append(thousandths: compute.microseconds)
        text.append(", write;dur=")
        text.append(thousandths: write.microseconds)
    }
}

extension Duration {
    /// Whole nanoseconds; a request never lasts the 292 years that would not fit.
    var nanoseconds: Int64 {
        let attoseconds = attoseconds
        // Under 18 seconds, which spares a division of 128 bits.
        if let short = UInt64(exactly: attoseconds) { return Int64(short / 1_000_000_000) }
        return Int64(truncatingIfNeeded: attoseconds / 1_000_000_000)
    }

    /// Not below zero.
    fileprivate var microseconds: Int64 { max(0, nanoseconds) / 1000 }

    /// Seconds with six decimals: `0.012034`.
    var secondsText: String {
        let count = microseconds
        let fraction = String(count % 1_000_000)
        return "\(count / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// `12034` as `12.034`.
    fileprivate mutating func append(thousandths value: Int64) {
        if value < 10_000 {
            append(digit: value / 1000)
        } else {
            append(contentsOf: String(value / 1000).utf8)
        }
        append(UInt8(ascii: "."))
        append(digit: value / 100 % 10)
        append(digit: value / 10 % 10)
        append(digit: value % 10)
    }

    private mutating func append(digit: Int64) {
        append(0x30 + UInt8(truncatingIfNeeded: digit))
    }
}

/// Measures stages one after the other.
struct Stopwatch {
    /// When the last lap ended, or it was started.
    private(set) var last = Instant.now

    /// The time since then.
    var time: Duration { Instant.now - last }

    /// The time since the last lap, or since the start.
    mutating func lap() -> Duration {
        let now = Instant.now
        defer { last = now }
        return now - last
    }
}
