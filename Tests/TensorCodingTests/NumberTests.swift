import ConvolutionEngine
import Glibc
import TensorCoding
import TestSupport
import Testing

@Suite struct NumberTests {
    /// Alone at the end of a body and among others: two different loops read numbers.
    private func readBothWays(_ texts: [String]) throws -> [(careful: Float, common: Float)] {
        let ones = [String](repeating: "1", count: 80)
        let common = try readTensor("[" + (texts + ones).joined(separator: ",") + "]").get().array
        return try texts.indices.map { index in
            (try readTensor("[" + texts[index] + "]").get().array[0], common[index])
        }
    }

    @Test func everyTextOfTheTableIsRoundedOnce() throws {
        let cases = caseTable("numbers.tsv")
        #expect(cases.count > 800)
        let finite = cases.filter { row in row[1] != "overflow" }
        for (row, read) in zip(finite, try readBothWays(finite.map { row in row[0] })) {
            let bits = UInt32(row[1], radix: 16)
            #expect(read.careful.bitPattern == bits, "\(row[0])")
            #expect(read.common.bitPattern == bits, "\(row[0])")
        }
        for row in cases where row[1] == "overflow" {
            guard case .notRepresentable(let number, "float32")? = readTensor("[\(row[0])]").error?.reason else {
                Issue.record("\(row[0]) was read")
                continue
            }
            // Long ones are cut, not to fill the message.
            #expect(number == row[0] || (number.hasSuffix("…") && row[0].hasPrefix(number.dropLast())))
        }
    }

    @Test func randomTextsAreRoundedAsTheStandardLibraryDoes() throws {
        var random = SeededRandom(seed: 1)
        let texts = (0..<20_000).map { _ in
            let digits = (0..<Int.random(in: 1...25, using: &random))
                .map { _ in String(Int.random(in: 0...9, using: &random)) }
            let first = Int.random(in: 1...9, using: &random)
            let sign = Bool.random(using: &random) ? "-" : ""
            return "\(sign)\(first).\(digits.joined())e\(Int.random(in: -47...37, using: &random))"
        }
        for (text, read) in zip(texts, try readBothWays(texts)) {
            let expected = Float(text)?.bitPattern
            #expect(read.careful.bitPattern == expected, "seed \(random.seed): \(text)")
            #expect(read.common.bitPattern == expected, "seed \(random.seed): \(text)")
        }
    }

    /// Patterns of random floats, and those around every power of two and of ten.
    private func interestingPatterns(_ random: inout SeededRandom) -> [UInt32] {
        let powersOfTwo = (0..<255).map { field in UInt32(field) << 23 }
        let powersOfTen = (-45...38).compactMap { exponent in Float("1e\(exponent)")?.bitPattern }
        let around = (powersOfTwo + powersOfTen).flatMap { bits in
            (-3...3).map { bits &+ UInt32(truncatingIfNeeded: $0) }
        }
        let subnormals = (0..<1000).map { _ in UInt32.random(in: 1..<0x80_0000, using: &random) }
        let anything = (0..<30_000).map { _ in UInt32.random(in: 0...(.max), using: &random) }
        let integers = (0..<2000).map { _ in Float(Int.random(in: -(1 << 25)...(1 << 25), using: &random)).bitPattern }
        return [0, 0x8000_0000, 1, 0x7F7F_FFFF] + around + subnormals + anything + integers
    }

    @Test func everyFloatIsReadBackAsItWasWritten() throws {
        var random = SeededRandom(seed: 2)
        let patterns = interestingPatterns(&random)
        let shape = try #require(Shape(checking: [patterns.count]))
        let tensor = try #require(Tensor(shape: shape, elements: patterns.map(Float.init(bitPattern:))))
        var json = JSONWriter()
        json.tensor(tensor, encoding: .nested)
        for (expected, read) in zip(patterns, try readTensor(json.bytes).get().array) {
            let value = Float(bitPattern: expected)
            #expect(read.bitPattern == expected || (value.isNaN && read.isNaN), "seed \(random.seed): \(value)")
        }
    }

    /// One in 429 of all floats, spread over all of them; `make floats` takes each.
    @Test func tenMillionFloatsComeBack() throws {
        let blocks = 160, size = 65_536
        let shape = try #require(Shape(checking: [size]))
        // What is no number comes back as a number, of which there are enough.
        let isNumber: (UInt32) -> Bool = { $0 & 0x7F80_0000 != 0x7F80_0000 }
        var pattern: UInt32 = 0
        for block in 0..<blocks {
            let tensor = Tensor(shape: shape) { elements in
                for index in 0..<size {
                    // Odd, so that it visits all before it comes back.
                    pattern &+= 429_496_729
                    elements[index] = Float(bitPattern: isNumber(pattern) ? pattern : pattern & 0x807F_FFFF)
                }
            }
            var json = JSONWriter()
            json.tensor(tensor, encoding: .flat)
            let read = try readTensor(json.bytes).get()
            let isSame = tensor.withElements { written in
                read.withElements { read in
                    guard let read = read.baseAddress, let written = written.baseAddress else { return false }
                    return memcmp(read, written, 4 * size) == 0
                }
            }
            #expect(isSame, "block \(block)")
        }
    }

    @Test func noFloatIsWrittenWithMoreDigitsThanItNeeds() {
        func digits(_ text: String) -> String {
            let significand = text.prefix { character in character != "e" }.filter(\.isNumber)
            let trimmed = significand.drop { digit in digit == "0" }
            return String(String(trimmed.reversed().drop { digit in digit == "0" }).reversed())
        }
        var random = SeededRandom(seed: 3)
        for bits in interestingPatterns(&random) {
            let value = Float(bitPattern: bits)
            guard value.isFinite else { continue }
            // The standard library writes the shortest digits too.
            #expect(digits(written(value)) == digits(value.description), "seed \(random.seed): \(value)")
        }
    }

    @Test(
        arguments: [
            (25, "25"), (-0.0, "-0"), (0, "0"), (0.1, "0.1"), (1.5, "1.5"), (100, "100"),
            (1e20, "100000000000000000000"),
            (1e21, "1e21"), (1.25e-6, "0.00000125"), (1e-6, "0.000001"), (1e-7, "1e-7"), (-1.5e-10, "-1.5e-10"),
            (16_777_216, "16777216"), (123_456.79, "123456.79"), (12_345_678_848, "12345679000"),
            (.greatestFiniteMagnitude, "3.4028235e38"), (.leastNonzeroMagnitude, "1e-45"),
            (.nan, "\"NaN\""), (.infinity, "\"Infinity\""), (-.infinity, "\"-Infinity\""),
        ] as [(Float, String)]
    )
    func theNotationIsThatOfJavaScript(value: Float, text: String) {
        #expect(written(value) == text)
    }

    @Test(arguments: [(1e-5, "1e-05"), (0.75, "0.75"), (2, "2"), (-3, "-3"), (.nan, "\"NaN\"")] as [(Double, String)])
    func doublesOfWholeValueHaveNoFraction(value: Double, text: String) {
        var json = JSONWriter()
        json.number(value)
        #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    }

    private func written(_ value: Float) -> String {
        var json = JSONWriter()
        json.number(value)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
