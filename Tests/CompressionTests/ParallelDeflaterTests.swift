import TestSupport
import Testing

@testable import Compression

@Suite("Parallel deflater")
struct ParallelDeflaterTests {
    /// As one member, a few pieces of this size at a time.
    private func encode(
        _ data: [UInt8],
        piece: Int,
        _ coding: ContentCoding,
        level: Int
    ) throws(CompressionError) -> [UInt8] {
        let pieces =
            data.isEmpty
            ? [[]]
            : stride(from: 0, to: data.count, by: piece).map { start in
                Array(data[start..<min(start + piece, data.count)])
            }
        var deflater = ParallelDeflater(coding, level: level)
        var output: [UInt8] = []
        for start in stride(from: 0, to: pieces.count, by: 3) {
            let some = Array(pieces[start..<min(start + 3, pieces.count)])
            let outputs = try deflater.compress(some, isLast: start + 3 >= pieces.count) { count, body in
                // In any order: no piece waits for another.
                for index in (0..<count).reversed() { body(index) }
            }
            output += outputs.flatMap(\.self)
        }
        return output
    }

    @Test("what is compressed in pieces comes back, whatever their size", arguments: [1, 6, 9])
    func roundTrips(level: Int) throws {
        var random = SeededRandom(seed: UInt64(level))
        let numbers = (0..<40_000).map { _ in String(Float.random(in: -1...1, using: &random)) }
        let text = Array(numbers.joined(separator: ",").utf8)
        for (size, piece) in [(0, 9), (1, 9), (1000, 7), (text.count, 100_000), (300_000, 100_000), (300_001, 40_000)] {
            let data = Array(text.prefix(size))
            for coding in [ContentCoding.gzip, .deflate] {
                let coded = try encode(data, piece: piece, coding, level: level)
                let back = outcome(of: coded, coding, cutInto: [])
                #expect(back == .data(data), "\(coding), level \(level), \(size) octets in pieces of \(piece)")
            }
        }
    }

    @Test("the pieces cost next to nothing: the one before serves each as its dictionary")
    func size() throws {
        var random = SeededRandom(seed: 7)
        let noise = (0..<16 * 1024).map { _ in UInt8.random(in: 0...255, using: &random) }
        let data = Array(repeatElement(noise, count: 64).joined())
        let pieces = try encode(data, piece: 128 * 1024, .gzip, level: 6)
        var whole: [UInt8] = []
        var deflater = try Deflater(.gzip, level: 6)
        try deflater.append(data.span.bytes, to: &whole)
        try deflater.finish(to: &whole)
        #expect(pieces.count < whole.count + whole.count / 50)
        #expect(pieces.prefix(10) == whole.prefix(10))
        #expect(pieces.suffix(8) == whole.suffix(8))
    }
}
