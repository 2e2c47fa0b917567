import TestSupport
import Testing

@testable import Compression

@Suite("Parallel deflater")
struct ParallelDeflaterTests {
    private let border = ParallelDeflater.blockSize

    private func encode(_ data: [UInt8], _ coding: ContentCoding, level: Int) throws(CompressionError) -> [UInt8] {
        try ParallelDeflater.encode(data, coding, level: level) { count, body in
            // In any order: no block waits for another.
            for block in (0..<count).reversed() { body(block) }
        }
    }

    @Test("what is compressed in blocks comes back, of every size around a block's border", arguments: [1, 6, 9])
    func roundTrips(level: Int) throws {
        var random = SeededRandom(seed: UInt64(level))
        let numbers = (0..<60_000).map { _ in String(Float.random(in: -1...1, using: &random)) }
        let text = Array(numbers.joined(separator: ",").utf8)
        for size in [0, 1, border - 1, border, border + 1, 2 * border, text.count] {
            let data = Array(text.prefix(size))
            for coding in [ContentCoding.gzip, .deflate] {
                let back = outcome(of: try encode(data, coding, level: level), coding, cutInto: [])
                #expect(back == .data(data), "\(coding), level \(level), \(size) octets")
            }
        }
    }

    @Test("the blocks cost next to nothing: the one before serves each as its dictionary")
    func size() throws {
        var random = SeededRandom(seed: 7)
        let noise = (0..<16 * 1024).map { _ in UInt8.random(in: 0...255, using: &random) }
        let data = Array(repeatElement(noise, count: 64).joined())
        let blocks = try encode(data, .gzip, level: 6)
        var whole: [UInt8] = []
        var deflater = try Deflater(.gzip, level: 6)
        try deflater.append(data.span.bytes, to: &whole)
        try deflater.finish(to: &whole)
        #expect(blocks.count < whole.count + whole.count / 50)
        #expect(blocks.prefix(10) == whole.prefix(10))
        #expect(blocks.suffix(8) == whole.suffix(8))
    }

    @Test("identity passes the data on")
    func identity() throws {
        #expect(try encode([1, 2, 3], .identity, level: 1) == [1, 2, 3])
    }
}
