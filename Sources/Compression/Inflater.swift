import CZlib

/// Undoes one content coding, a piece at a time. After a thrown error only the same error comes.
package struct Inflater: ~Copyable {
    private let stream: ZlibStream
    private let coding: ContentCoding
    private let limit: Int
    private var consumed = 0
    private var produced = 0
    private var state = State.start

    private enum State {
        /// Nothing has arrived.
        case start
        case inside
        /// At the end of a gzip member or of the zlib data.
        case complete
        case failed(CompressionError)
    }

    /// - Parameters:
    ///   - coding: With `identity` the data is only counted and passed on.
    ///   - limit: The most octets that may come out in all. Not one more is ever produced.
    package init(_ coding: ContentCoding, limit: Int) throws(CompressionError) {
        self.coding = coding
        self.limit = max(limit, 0)
        stream = try ZlibStream(inflating: coding)
    }

    /// Decompresses the next piece of input and appends what comes out, while the sum stays within the limit.
    package mutating func append(_ input: RawSpan, to output: inout [UInt8]) throws(CompressionError) {
        if case .failed(let error) = state { throw error }
        do throws(CompressionError) {
            try decompress(input, to: &output)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// The input has ended: throws unless the format has too.
    package mutating func finish() throws(CompressionError) {
        switch state {
        case .failed(let error): throw error
        case .complete: return
        case .start where coding == .identity: return
        case .inside where coding == .identity: return
        case .start, .inside: throw .truncated(coding, count: consumed)
        }
    }

    private mutating func decompress(_ input: RawSpan, to output: inout [UInt8]) throws(CompressionError) {
        guard coding != .identity else { return try copy(input, to: &output) }
        var rest = 0
        while rest < input.byteCount {
            if case .complete = state { try beginNextMember(input.unsafeLoad(fromByteOffset: rest, as: UInt8.self)) }
            state = .inside
            let piece = input.extracting(rest..<min(input.byteCount, rest + ZlibStream.largestPiece))
            rest += try decompressPiece(piece, to: &output)
        }
    }

    /// RFC 1952 section 2.2: members follow each other at once, and nothing else may follow. Zlib data stands alone.
    private func beginNextMember(_ first: UInt8) throws(CompressionError) {
        guard coding == .gzip, first == 0x1F else { throw .trailingData(coding, offset: consumed) }
        stream.restartInflating()
    }

    /// Returns how many octets of the piece were used: all of them, unless a member ended before.
    private mutating func decompressPiece(_ piece: RawSpan, to output: inout [UInt8]) throws(CompressionError) -> Int {
        var used = 0
        while true {
            // With nothing left to produce one octet of room shows whether more would come.
            let room = min(ZlibStream.scratchSize, max(limit - produced, 1))
            let step = stream.inflate(piece.extracting(used..<piece.byteCount), room: room)
            used += step.consumed
            consumed += step.consumed
            guard step.produced <= limit - produced else { throw .tooLarge(limit: limit) }
            produced += step.produced
            stream.appendScratch(step.produced, to: &output, remaining: limit - produced)
            switch step.status {
            case Z_STREAM_END:
                state = .complete
                return used
            case Z_OK, Z_BUF_ERROR:
                if used == piece.byteCount, step.produced < room { return used }
                // Neither input nor output moved: zlib would never go on.
                guard step.consumed > 0 || step.produced > 0 else { throw .malformed(coding, fault: "no progress") }
            case Z_NEED_DICT: throw .malformed(coding, fault: "a preset dictionary is needed")
            case Z_MEM_ERROR: throw .outOfMemory
            default: throw .malformed(coding, fault: stream.message)
            }
        }
    }

    private mutating func copy(_ input: RawSpan, to output: inout [UInt8]) throws(CompressionError) {
        guard input.byteCount <= limit - produced else { throw .tooLarge(limit: limit) }
        produced += input.byteCount
        input.withUnsafeBytes { output.append(contentsOf: $0) }
    }
}
