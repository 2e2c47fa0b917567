import CZlib

/// One zlib stream and the memory that its output lands in. All pointers of this module stand here.
///
/// zlib keeps the address of the `z_stream`, so it lives on the heap, at one place from beginning to end.
struct ZlibStream: ~Copyable {
    /// What one call consumed and produced, and what it returned.
    struct Step {
        var status: Int32
        var consumed: Int
        var produced: Int
    }

    /// Output is taken from zlib in pieces of this size: large enough to make a call worth while.
    static let scratchSize = 64 * 1024
    /// zlib counts a call's input in 32 bits.
    static let largestPiece = 1 << 30

    private enum Kind { case none, inflating, deflating }

    private let stream: UnsafeMutablePointer<z_stream>
    private let scratch: UnsafeMutableBufferPointer<UInt8>
    private let kind: Kind

    init(inflating coding: ContentCoding) throws(CompressionError) {
        self.init(kind: coding == .identity ? .none : .inflating)
        guard coding != .identity else { return }
        guard czlib_inflate_init(stream, coding.windowBits) == Z_OK else { throw .outOfMemory }
    }

    init(deflating coding: ContentCoding, level: Int) throws(CompressionError) {
        self.init(kind: coding == .identity ? .none : .deflating)
        guard coding != .identity else { return }
        guard czlib_deflate_init(stream, Int32(level), coding.windowBits) == Z_OK else { throw .outOfMemory }
    }

    private init(kind: Kind) {
        self.kind = kind
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        scratch = .allocate(capacity: kind == .none ? 0 : Self.scratchSize)
    }

    /// Ending a stream that never began is harmless: zlib sees that it has no state.
    deinit {
        switch kind {
        case .none: break
        case .inflating: inflateEnd(stream)
        case .deflating: deflateEnd(stream)
        }
        stream.deallocate()
        scratch.deallocate()
    }

    /// zlib's own word for what is wrong.
    var message: String {
        stream.pointee.msg.map { String(cString: $0) } ?? "damaged data"
    }

    func restartInflating() {
        inflateReset(stream)
    }

    /// Produces at most `room` octets, at most `scratchSize`.
    func inflate(_ input: RawSpan, room: Int) -> Step {
        step(input, room: min(room, Self.scratchSize)) { CZlib.inflate($0, Z_NO_FLUSH) }
    }

    func deflate(_ input: RawSpan, flush: Int32) -> Step {
        step(input, room: Self.scratchSize) { CZlib.deflate($0, flush) }
    }

    /// Appends what the last step produced. The array doubles as it grows, but never past the `remaining` octets that
    /// may still follow: no memory is taken that can never be used.
    func appendScratch(_ count: Int, to output: inout [UInt8], remaining: Int) {
        let needed = output.count + count
        if needed > output.capacity {
            let (most, overflow) = needed.addingReportingOverflow(remaining)
            output.reserveCapacity(min(max(needed, output.capacity * 2), overflow ? Int.max : most))
        }
        output.append(contentsOf: scratch[..<count])
    }

    private func step(_ input: RawSpan, room: Int, _ call: (UnsafeMutablePointer<z_stream>) -> Int32) -> Step {
        input.withUnsafeBytes { bytes in
            // zlib declares its input without const, and only reads it.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.bindMemory(to: UInt8.self).baseAddress
            )
            stream.pointee.avail_in = UInt32(bytes.count)
            stream.pointee.next_out = scratch.baseAddress
            stream.pointee.avail_out = UInt32(room)
            let status = call(stream)
            let step = Step(
                status: status,
                consumed: bytes.count - Int(stream.pointee.avail_in),
                produced: room - Int(stream.pointee.avail_out)
            )
            stream.pointee.next_in = nil
            stream.pointee.avail_in = 0
            return step
        }
    }
}

extension ContentCoding {
    /// The largest window, and 16 more for gzip's header and trailer in place of zlib's.
    fileprivate var windowBits: Int32 { self == .gzip ? 15 + 16 : 15 }
}
