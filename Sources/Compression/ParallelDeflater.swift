import CZlib

/// Compresses pieces of a text at the same time, into one member that any decoder reads.
///
/// Each piece is deflated by itself, with up to 32 KiB before it as its dictionary, and ends at an octet's border; so the
/// outputs need only be put one after the other, and their checksums combined (Mark Adler's pigz). Pieces of 100 KiB and
/// more lose little by it.
package struct ParallelDeflater: ~Copyable {
    /// The furthest that deflate looks back.
    private static let window = 32 * 1024

    private let coding: ContentCoding
    private let level: Int
    private var checksum: UInt
    /// Octets of all input.
    private var count = 0
    /// What came last, for the next piece to look back at.
    private var before: [UInt8] = []
    private var streams: [DeflateStream] = []
    private var hasBegun = false

    /// - Parameters:
    ///   - coding: `gzip` or `deflate`.
    ///   - level: 1 (fastest) to 9 (smallest); others are taken to the nearest.
    package init(_ coding: ContentCoding, level: Int) {
        self.coding = coding
        self.level = min(max(level, 1), 9)
        checksum = coding == .gzip ? crc32(0, nil, 0) : adler32(0, nil, 0)
    }

    /// Compresses the pieces that come next, of which there is at least one.
    ///
    /// - Parameters:
    ///   - isLast: Whether the last of them ends the text.
    ///   - concurrently: Calls its second argument for each piece 0..<its first, and returns when all are done.
    /// - Returns: The output of each piece; one after the other they make up the member.
    package mutating func compress(
        _ pieces: [[UInt8]],
        isLast: Bool,
        concurrently: (Int, (Int) -> Void) -> Void
    ) throws(CompressionError) -> [[UInt8]] {
        while streams.count < pieces.count { streams.append(try DeflateStream(level: level)) }
        var blocks = [Block?](repeating: nil, count: pieces.count)
        blocks.withUnsafeMutableBufferPointer { blocks in
            // Each task writes its own element.
            let slots = Slots(blocks: blocks)
            let (coding, before, streams) = (coding, before, streams)
            concurrently(pieces.count) { index in
                slots.blocks[index] = streams[index].block(
                    pieces[index],
                    after: (index > 0 ? pieces[index - 1] : before).suffix(Self.window),
                    isLast: isLast && index == pieces.count - 1,
                    coding
                )
            }
        }
        var outputs: [[UInt8]] = []
        for (block, piece) in zip(blocks, pieces) {
            guard let block else { throw .outOfMemory }
            outputs.append(block.output)
            checksum =
                coding == .gzip
                ? crc32_combine(checksum, block.checksum, piece.count)
                : adler32_combine(checksum, block.checksum, piece.count)
            count += piece.count
        }
        before = Array(pieces.last?.suffix(Self.window) ?? [])
        if !hasBegun {
            hasBegun = true
            outputs[0].insert(contentsOf: head, at: 0)
        }
        if isLast { outputs[outputs.count - 1] += tail }
        return outputs
    }

    private struct Slots: @unchecked Sendable {
        let blocks: UnsafeMutableBufferPointer<Block?>
    }

    /// RFC 1952 section 2.3, RFC 1950 section 2.2: as zlib writes them.
    private var head: [UInt8] {
        if coding == .gzip { return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, level == 1 ? 4 : level == 9 ? 2 : 0, 3] }
        let effort: UInt8 = level == 1 ? 0 : level < 6 ? 1 : level == 6 ? 2 : 3
        let flags = effort << 6
        return [0x78, flags + 31 - UInt8((0x7800 + UInt16(flags)) % 31)]
    }

    private var tail: [UInt8] {
        func octets(_ word: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
        let check = octets(UInt32(truncatingIfNeeded: checksum))
        return coding == .gzip ? check + octets(UInt32(truncatingIfNeeded: count)) : check.reversed()
    }
}

private struct Block {
    var output: [UInt8]
    var checksum: UInt
}

/// A raw deflate stream that is used for one block after another, by one thread at a time.
private final class DeflateStream: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>

    init(level: Int) throws(CompressionError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_deflate_init(stream, Int32(level), -15) == Z_OK else { throw .outOfMemory }
    }

    /// Ending a stream that never began is harmless: zlib sees that it has no state.
    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Nil where zlib does not do what it says.
    func block(_ input: [UInt8], after before: ArraySlice<UInt8>, isLast: Bool, _ coding: ContentCoding) -> Block? {
        guard deflateReset(stream) == Z_OK, before.isEmpty || look(back: before) else { return nil }
        // What zlib needs at most, and the empty block that ends at an octet's border.
        let room = Int(deflateBound(stream, UInt(input.count))) + 16
        return input.withUnsafeBufferPointer { input -> Block? in
            let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, written in
                // zlib declares its input without const, and only reads it.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(room)
                let status = deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
                let isComplete = isLast ? status == Z_STREAM_END : status == Z_OK && stream.pointee.avail_in == 0
                written = isComplete ? room - Int(stream.pointee.avail_out) : 0
            }
            // Even nothing has an end.
            guard !output.isEmpty else { return nil }
            let count = UInt32(input.count)
            let checksum =
                coding == .gzip ? crc32(0, input.baseAddress, count) : adler32(1, input.baseAddress, count)
            return Block(output: output, checksum: checksum)
        }
    }

    private func look(back before: ArraySlice<UInt8>) -> Bool {
        before.withUnsafeBufferPointer { deflateSetDictionary(stream, $0.baseAddress, UInt32($0.count)) == Z_OK }
    }
}
