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

    /// The value of `Server-Timing` (W3C): milliseconds with three decimals. Written at one go: every small answer has it.
    var field: String {
        String(unsafeUninitializedCapacity: 4 * 32) { buffer in
            var text = TextBuffer(buffer)
            text.append("parse;dur=")
            text.append(thousandths: parse.microseconds)
            text.append(", queue;dur=")
            text.append(thousandths: queue.microseconds)
            text.append(", compute;dur=")
            text.append(thousandths: compute.microseconds)
            text.append(", write;dur=")
            text.append(thousandths: write.microseconds)
            return text.count
        }
    }
}

extension Duration {
    /// Whole nanoseconds; a request never lasts the 292 years that would not fit.
    var nanoseconds: Int64 {
        Int64(truncatingIfNeeded: attoseconds / 1_000_000_000)
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

/// ASCII written into memory that is large enough for it.
private struct TextBuffer {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func append(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
    }

    /// `12034` as `12.034`, in at most 17 characters: more than a century of milliseconds.
    mutating func append(thousandths value: Int64) {
        let value = min(value, 9_999_999_999_999_999)
        var divisor: Int64 = 1000
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(0x30 + value / divisor % 10))
            if divisor == 1000 { append(UInt8(ascii: ".")) }
            divisor /= 10
        }
    }

    private mutating func append(_ octet: UInt8) {
        guard count < buffer.count else { return }
        buffer[count] = octet
        count += 1
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
