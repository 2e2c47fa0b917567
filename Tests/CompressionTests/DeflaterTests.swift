import Compression
import TestSupport
import Testing

@Suite("Deflater")
struct DeflaterTests {
    private func compress(
        _ data: [UInt8],
        _ coding: ContentCoding,
        level: Int = 6,
        cutInto lengths: some Sequence<Int> = []
    ) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        var deflater = try Deflater(coding, level: level)
        var rest = data[...]
        for length in lengths where !rest.isEmpty {
            let piece = rest.prefix(length)
            try deflater.append(piece.span.bytes, to: &output)
            rest = rest.dropFirst(length)
        }
        try deflater.append(rest.span.bytes, to: &output)
        try deflater.finish(to: &output)
        return output
    }

    @Test("what is compressed comes back, of any size, level and cut", arguments: 0..<12 as Range<UInt64>)
    func roundTrips(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let size = [0, 1, 2, 100, 65535, 65536, 65537, 200_000].randomElement(using: &random) ?? 0
        // Some letters only, so that there is something to compress; or noise.
        let letters = [2, 16, 256].randomElement(using: &random) ?? 2
        let data = (0..<size).map { _ in UInt8(truncatingIfNeeded: Int.random(in: 0..<letters, using: &random)) }
        for coding in ContentCoding.allCases {
            for level in [1, 6, 9] {
                let lengths = (0..<20).map { _ in Int.random(in: 0...size / 10, using: &random) }
                let compressed = try compress(data, coding, level: level, cutInto: lengths)
                let cuts = (0..<20).map { _ in Int.random(in: 0...compressed.count / 10, using: &random) }
                let back = outcome(of: compressed, coding, cutInto: cuts)
                #expect(back == .data(data), "seed \(seed), \(coding), level \(level), \(size) octets")
            }
        }
    }

    @Test("gzip data has a plain head, and the data's CRC-32 and length at its end")
    func gzipFormat() throws {
        let data = Array("hello, hello, hello".utf8)
        let member = try compress(data, .gzip)
        #expect(member.prefix(8) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
        let trailer = [crc32(data), UInt32(data.count)].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
        #expect(Array(member.suffix(8)) == trailer)
    }

    @Test("the same data gives the same bytes, however it is cut")
    func deterministic() throws {
        let data = Array(String(repeating: "0.125,-3.5,", count: 2000).utf8)
        let whole = try compress(data, .gzip)
        #expect(try compress(data, .gzip, cutInto: repeatElement(1, count: data.count)) == whole)
        #expect(whole.count < data.count / 50)
    }

    @Test("a level out of range is taken to the nearest", arguments: [Int.min, -1, 0, 10, Int.max])
    func levels(level: Int) throws {
        let data = [UInt8](repeating: 9, count: 1000)
        #expect(try compress(data, .gzip, level: level) == compress(data, .gzip, level: level < 1 ? 1 : 9))
    }

    @Test("output is appended, and identity appends the data itself")
    func appends() throws {
        var output: [UInt8] = [1, 2]
        var deflater = try Deflater(.identity, level: 6)
        let data: [UInt8] = [3, 4]
        try deflater.append(data.span.bytes, to: &output)
        try deflater.finish(to: &output)
        #expect(output == [1, 2, 3, 4])
    }

    /// RFC 1952 section 8, bit by bit.
    private func crc32(_ data: [UInt8]) -> UInt32 {
        ~data.reduce(UInt32.max) { crc, octet in
            (0..<8).reduce(crc ^ UInt32(octet)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
        }
    }
}
