import CZlib

/// Applies one content coding, a piece at a time.
package struct Deflater: ~Copyable {
    private let stream: ZlibStream
    private let coding: ContentCoding

    /// - Parameters:
    ///   - coding: With `identity` the data is passed on as it is.
    ///   - level: 1 (fastest) to 9 (smallest); others are taken to the nearest.
    package init(_ coding: ContentCoding, level: Int) throws(CompressionError) {
        self.coding = coding
        stream = try ZlibStream(deflating: coding, level: min(max(level, 1), 9))
    }

    /// Compresses the next piece of input and appends what comes out by now; zlib may hold some back.
    package mutating func append(_ input: RawSpan, to output: inout [UInt8]) throws(CompressionError) {
        var rest = 0
        while rest < input.byteCount {
            let piece = input.extracting(rest..<min(input.byteCount, rest + ZlibStream.largestPiece))
            try compress(piece, flush: Z_NO_FLUSH, to: &output)
            rest += piece.byteCount
        }
    }

    /// Appends what was held back and the format's end. Called once, as the last.
    package mutating func finish(to output: inout [UInt8]) throws(CompressionError) {
        try compress(RawSpan(), flush: Z_FINISH, to: &output)
    }

    private func compress(_ input: RawSpan, flush: Int32, to output: inout [UInt8]) throws(CompressionError) {
        guard coding != .identity else { return input.withUnsafeBytes { output.append(contentsOf: $0) } }
        var used = 0
        while true {
            let step = stream.deflate(input.extracting(used..<input.byteCount), flush: flush)
            used += step.consumed
            stream.appendScratch(step.produced, to: &output, remaining: Int.max)
            switch step.status {
            case Z_STREAM_END: return
            case Z_OK, Z_BUF_ERROR:
                if step.produced < ZlibStream.scratchSize, used == input.byteCount, flush == Z_NO_FLUSH { return }
                guard step.consumed > 0 || step.produced > 0 else { throw .malformed(coding, fault: "no progress") }
            default: throw .malformed(coding, fault: stream.message)
            }
        }
    }
}
