import CZlib

/// Compresses a whole text in blocks at the same time, into one member that any decoder reads.
///
/// Each block is deflated by itself, with the 32 KiB before it as its dictionary, and ends at an octet's border; so the
/// blocks need only be put one after the other, and their checksums combined (Mark Adler's pigz).
package enum ParallelDeflater {
    /// Large enough that its border costs nothing: about 0.01 % of the output.
    static let blockSize = 256 * 1024
    /// The furthest that deflate looks back.
    private static let window = 32 * 1024

    /// - Parameters:
    ///   - coding: `gzip` or `deflate`.
    ///   - level: 1 (fastest) to 9 (smallest); others are taken to the nearest.
    ///   - concurrently: calls its second argument for each block 0..<its first, and returns when all are done.
    package static func encode(
        _ input: [UInt8],
        _ coding: ContentCoding,
        level: Int,
        concurrently: (Int, (Int) -> Void) -> Void
    ) throws(CompressionError) -> [UInt8] {
        guard coding != .identity else { return input }
        let level = min(max(level, 1), 9)
        let count = max(1, (input.count + blockSize - 1) / blockSize)
        var blocks = [Block?](repeating: nil, count: count)
        input.withUnsafeBufferPointer { input in
            blocks.withUnsafeMutableBufferPointer { blocks in
                // Each task writes its own element.
                let slots = Slots(input: input, blocks: blocks)
                concurrently(count) { index in
                    slots.blocks[index] = block(index, of: count, slots.input, coding, level: level)
                }
            }
        }
        var checksum = coding == .gzip ? crc32(0, nil, 0) : adler32(0, nil, 0)
        var size = 0
        for block in blocks {
            guard let block else { throw .outOfMemory }
            size += block.output.count
        }
        var output: [UInt8] = []
        output.reserveCapacity(size + 18)
        output.append(contentsOf: head(coding, level: level))
        for (index, block) in blocks.enumerated() {
            guard let block else { continue }
            output.append(contentsOf: block.output)
            // Freed as it is copied: no more than the output and a block are held.
            blocks[index] = nil
            checksum =
                coding == .gzip
                ? crc32_combine(checksum, block.checksum, block.inputCount)
                : adler32_combine(checksum, block.checksum, block.inputCount)
        }
        appendTail(coding, checksum: UInt32(truncatingIfNeeded: checksum), count: input.count, to: &output)
        return output
    }

    private struct Block {
        var output: [UInt8]
        var checksum: UInt
        var inputCount: Int
    }

    private struct Slots: @unchecked Sendable {
        let input: UnsafeBufferPointer<UInt8>
        let blocks: UnsafeMutableBufferPointer<Block?>
    }

    /// Nil when there is no memory for it.
    private static func block(
        _ index: Int,
        of count: Int,
        _ input: UnsafeBufferPointer<UInt8>,
        _ coding: ContentCoding,
        level: Int
    ) -> Block? {
        let start = index * blockSize
        let part = UnsafeBufferPointer(rebasing: input[start..<min(start + blockSize, input.count)])
        let before = UnsafeBufferPointer(rebasing: input[max(0, start - window)..<start])
        var stream = z_stream()
        guard czlib_deflate_init(&stream, Int32(level), -15) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        if !before.isEmpty, deflateSetDictionary(&stream, before.baseAddress, UInt32(before.count)) != Z_OK {
            return nil
        }
        let isLast = index == count - 1
        // What zlib needs at most, and the empty block that ends at an octet's border.
        let room = Int(deflateBound(&stream, UInt(part.count))) + 16
        let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, written in
            // zlib declares its input without const, and only reads it.
            stream.next_in = UnsafeMutablePointer(mutating: part.baseAddress)
            stream.avail_in = UInt32(part.count)
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(room)
            let status = deflate(&stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
            let isComplete = isLast ? status == Z_STREAM_END : status == Z_OK && stream.avail_in == 0
            written = isComplete ? room - Int(stream.avail_out) : 0
        }
        guard !output.isEmpty else { return nil }
        let checksum =
            coding == .gzip
            ? crc32(0, part.baseAddress, UInt32(part.count)) : adler32(1, part.baseAddress, UInt32(part.count))
        return Block(output: output, checksum: checksum, inputCount: part.count)
    }

    /// RFC 1952 section 2.3, RFC 1950 section 2.2: as zlib writes them.
    private static func head(_ coding: ContentCoding, level: Int) -> [UInt8] {
        if coding == .gzip { return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, level == 1 ? 4 : level == 9 ? 2 : 0, 3] }
        let effort: UInt8 = level == 1 ? 0 : level < 6 ? 1 : level == 6 ? 2 : 3
        let flags = effort << 6
        return [0x78, flags + 31 - UInt8((0x7800 + UInt16(flags)) % 31)]
    }

    private static func appendTail(_ coding: ContentCoding, checksum: UInt32, count: Int, to output: inout [UInt8]) {
        func octets(_ word: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
        if coding == .gzip {
            output.append(contentsOf: octets(checksum) + octets(UInt32(truncatingIfNeeded: count)))
        } else {
            output.append(contentsOf: octets(checksum).reversed())
        }
    }
}
