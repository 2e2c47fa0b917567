import Compression
import Testing

@Suite("Inflater")
struct InflaterTests {
    @Test("there are cases")
    func casesAreThere() {
        #expect(CompressedCase.all.count >= 60)
    }

    @Test("data by another hand has its outcome, however it is cut", arguments: CompressedCase.all)
    func outcomes(item: CompressedCase) {
        let count = item.data.count
        #expect(outcome(of: item.data, item.coding) == item.outcome)
        #expect(outcome(of: item.data, item.coding, cutInto: repeatElement(1, count: count)) == item.outcome)
        for place in 0...count {
            #expect(outcome(of: item.data, item.coding, cutInto: [place]) == item.outcome, "cut at \(place)")
        }
    }

    @Test("a single member that ends anywhere before its end is cut short", arguments: CompressedCase.all)
    func everyTruncation(item: CompressedCase) {
        guard case .data = item.outcome, !item.name.contains("members") else { return }
        for count in 0..<item.data.count {
            #expect(outcome(of: Array(item.data.prefix(count)), item.coding) == .error("truncated"), "at \(count)")
        }
    }

    @Test("each flipped bit of a checked member is noticed, or changes nothing that counts")
    func everyFlippedBit() throws {
        let item = try #require(CompressedCase.all.first { $0.name == "dynamic codes" })
        for place in item.data.indices {
            for bit in 0..<8 {
                var data = item.data
                data[place] ^= 1 << UInt8(bit)
                let result = outcome(of: data, item.coding)
                if case .data = result {
                    // Time, extra flags and system, and the text flag, say nothing about the data (RFC 1952 2.3).
                    #expect(4..<10 ~= place || (place == 3 && bit == 0), "octet \(place), bit \(bit)")
                    #expect(result == item.outcome)
                }
            }
        }
    }

    @Test(
        "what comes out may be as long as the limit, and one more is refused",
        arguments: [ContentCoding.gzip, .deflate]
    )
    func limit(coding: ContentCoding) throws {
        let data = [UInt8](repeating: 7, count: 100_000)
        let compressed = try compress(data, coding)
        for lengths in [[], [1, 1, 1], Array(repeating: 1, count: compressed.count)] {
            #expect(outcome(of: compressed, coding, limit: 100_000, cutInto: lengths) == .data(data))
            #expect(outcome(of: compressed, coding, limit: 99_999, cutInto: lengths) == .error("tooLarge"))
        }
        #expect(outcome(of: try compress([], coding), coding, limit: 0) == .data([]))
        #expect(outcome(of: try compress([1], coding), coding, limit: 0) == .error("tooLarge"))
        #expect(outcome(of: try compress([1], coding), coding, limit: -1) == .error("tooLarge"))
    }

    @Test("the limit counts all members of gzip data together")
    func limitOverMembers() throws {
        let member = try compress([1, 2, 3], .gzip)
        #expect(outcome(of: member + member, .gzip, limit: 6) == .data([1, 2, 3, 1, 2, 3]))
        #expect(outcome(of: member + member, .gzip, limit: 5) == .error("tooLarge"))
    }

    @Test("a gigabyte of zeros is refused at the limit, and no more memory is taken than the limit")
    func bomb() throws {
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var bomb: [UInt8] = []
        var deflater = try Deflater(.gzip, level: 1)
        for _ in 0..<1024 { try deflater.append(zeros.span.bytes, to: &bomb) }
        try deflater.finish(to: &bomb)
        #expect(bomb.count < 8 << 20)
        let limit = 1_000_000
        var output: [UInt8] = []
        var inflater = try Inflater(.gzip, limit: limit)
        #expect(throws: CompressionError.tooLarge(limit: limit)) { try inflater.append(bomb.span.bytes, to: &output) }
        #expect(output.count <= limit)
        #expect(output.capacity <= limit + 64 * 1024)
    }

    @Test("after an error the same error comes again and nothing is put out")
    func errorsStay() throws {
        let (bad, good): ([UInt8], [UInt8]) = ([0x50, 0x4B], [0x1F, 0x8B])
        var output: [UInt8] = []
        var inflater = try Inflater(.gzip, limit: 100)
        let expected = CompressionError.malformed(.gzip, fault: "incorrect header check")
        #expect(throws: expected) { try inflater.append(bad.span.bytes, to: &output) }
        #expect(throws: expected) { try inflater.append(good.span.bytes, to: &output) }
        #expect(throws: expected) { try inflater.finish() }
        #expect(output.isEmpty)
    }

    @Test("identity passes on and counts")
    func identity() {
        #expect(outcome(of: [1, 2, 3], .identity, limit: 3, cutInto: [1]) == .data([1, 2, 3]))
        #expect(outcome(of: [1, 2, 3], .identity, limit: 2, cutInto: [1]) == .error("tooLarge"))
        #expect(outcome(of: [], .identity, limit: 0) == .data([]))
    }

    @Test("raw deflate is told from the zlib format in words")
    func sentences() {
        let error = CompressionError.malformed(.deflate, fault: "incorrect header check")
        #expect(error.sentence.contains("not raw deflate"))
        #expect(CompressionError.tooLarge(limit: 5).sentence == "The body is larger than 5 octets when decompressed")
    }

    private func compress(_ data: [UInt8], _ coding: ContentCoding) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        var deflater = try Deflater(coding, level: 6)
        try deflater.append(data.span.bytes, to: &output)
        try deflater.finish(to: &output)
        return output
    }
}
