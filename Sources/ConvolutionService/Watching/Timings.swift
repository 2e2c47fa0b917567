import HTTPServer

/// How long the stages of one request took, in nanoseconds.
struct Timings: Sendable {
    /// Bytes into tensors and layers.
    var parse: Int64 = 0
    /// Waiting for a free place on the compute queue.
    var queue: Int64 = 0
    /// Planning and running the layers.
    var compute: Int64 = 0
    /// Tensors into the answer's bytes, content coding included.
    var write: Int64 = 0

    /// The value of `Server-Timing` (W3C): milliseconds with three decimals.
    var field: String {
        var text: [UInt8] = []
        text.append(addingCapacity: Timings.mostOctets) { append(to: &$0) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Octets of the value, at most: four numbers of at most 20, and what stands around them.
    static let mostOctets = 160

    /// Appends the value of `Server-Timing`: every answer with numbers has one, most of them with short times.
    func append(to text: inout OutputSpan<UInt8>) {
        let (parse, queue) = (parse.microseconds, queue.microseconds)
        let (compute, write) = (compute.microseconds, write.microseconds)
        guard max(max(parse, queue), max(compute, write)) < 10_000 else {
            let times = "parse;dur=\(parse.thousandths), queue;dur=\(queue.thousandths), "
            for octet in times.utf8 { text.append(octet) }
            for octet in "compute;dur=\(compute.thousandths), write;dur=\(write.thousandths)".utf8 {
                text.append(octet)
            }
            return
        }
        let short = Timings.short
        precondition(text.freeCapacity >= short.utf8CodeUnitCount, "no room for the times")
        text.withUnsafeMutableBufferPointer { room, count in
            guard let text = room.baseAddress.map({ $0 + count }) else { return }
            text.update(from: short.utf8Start, count: short.utf8CodeUnitCount)
            text.write(thousandths: parse, at: 10)
            text.write(thousandths: queue, at: 27)
            text.write(thousandths: compute, at: 46)
            text.write(thousandths: write, at: 63)
            count += short.utf8CodeUnitCount
        }
    }

    /// With times under ten milliseconds, which are as long as these.
    private static var short: StaticString { "parse;dur=0.000, queue;dur=0.000, compute;dur=0.000, write;dur=0.000" }
}

extension UnsafeMutablePointer<UInt8> {
    /// `1034` as `1.034`, in the place of `0.000`.
    fileprivate func write(thousandths value: Int64, at place: Int) {
        let value = UInt32(truncatingIfNeeded: value)
        // Zeros stand there, and most have no more to say.
        guard value >= 10 else { return self[place + 4] = 0x30 + UInt8(truncatingIfNeeded: value) }
        self[place] = 0x30 + UInt8(truncatingIfNeeded: value / 1000)
        self[place + 2] = 0x30 + UInt8(truncatingIfNeeded: value / 100 % 10)
        self[place + 3] = 0x30 + UInt8(truncatingIfNeeded: value / 10 % 10)
        self[place + 4] = 0x30 + UInt8(truncatingIfNeeded: value % 10)
    }
}

extension Int64 {
    /// `12034` as `12.034`.
    fileprivate var thousandths: String {
        let fraction = String(self % 1000)
        return "\(self / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}

/// Nanoseconds.
extension Int64 {
    /// Not below zero.
    fileprivate var microseconds: Int64 { Int64(bitPattern: UInt64(bitPattern: Swift.max(0, self)) / 1000) }

    /// Seconds with six decimals: `0.012034`.
    var secondsText: String {
        let count = microseconds
        let fraction = String(count % 1_000_000)
        return "\(count / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}

/// Measures stages one after the other, in nanoseconds.
struct Stopwatch {
    /// When the last lap ended, or it was started.
    private(set) var last = Instant.now

    /// The time since then.
    var time: Int64 { Instant.now.nanoseconds(since: last) }

    /// The time since the last lap, or since the start.
    mutating func lap() -> Int64 {
        let now = Instant.now
        defer { last = now }
        return now.nanoseconds(since: last)
    }
}
