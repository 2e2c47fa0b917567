import CTextKernels
import TestSupport
import Testing

@testable import TensorCoding

/// The same claims for each instruction set that this machine runs.
@Suite struct TextKernelTests {
    @Test func thePortableSetRunsAnywhereAndTheFastestComesFirst() {
        #expect(TextKernels.supported.last?.name == "portable")
        #expect(Set(TextKernels.supported.map(\.name)).count == TextKernels.supported.count)
        #expect(TextKernels(named: "avx1024") == nil)
    }

    @Test(arguments: TextKernels.supported.map(\.name))
    func floatsAreWrittenWithTheDigitsOfTheStandardLibrary(name: String) throws {
        let kernels = try #require(TextKernels(named: name))
        var random = SeededRandom(seed: 11)
        let special: [Float] = [
            0, -0.0, 1, 9_999_999, 1e9, 1e-6, 9.99e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
        ]
        // Lengths that are no multiple of what goes together.
        for count in [1, 2, 3, 4, 5, 7, 8, 255, 256, 257, 1000] {
            let values = (0..<count).map { index in
                if index < special.count { return special[index] }
                let bits = Float(bitPattern: UInt32.random(in: 0..<0x7F80_0000, using: &random))
                return Bool.random(using: &random) ? Float.random(in: -3...3, using: &random) : bits
            }
            var text: [UInt8] = []
            values.withUnsafeBufferPointer { NumberStream.append($0, nestedAs: nil, to: &text, kernels: kernels) }
            let written = String(decoding: text.dropFirst().dropLast(), as: UTF8.self).split(separator: ",")
            try #require(written.count == count)
            for (value, number) in zip(values, written) {
                #expect(Float(number)?.bitPattern == value.bitPattern, "seed \(random.seed)")
                #expect(digits(of: number) == digits(of: value.description[...]), "seed \(random.seed): \(value)")
            }
        }
    }

    /// Numbers of one size go together where there are enough of them; one of another size among them, or none, must not
    /// make a difference.
    @Test(arguments: TextKernels.supported.map(\.name))
    func theTextOfANumberDoesNotDependOnItsNeighbours(name: String) throws {
        let kernels = try #require(TextKernels(named: name))
        var random = SeededRandom(seed: 15)
        for count in 1...70 {
            let rare: Float =
                [1e-4, 1e-5, .leastNonzeroMagnitude, 524_288, 1e30, .nan, -.infinity].randomElement(using: &random) ?? 0
            let values = (0..<count).map { _ -> Float in
                switch Int.random(in: 0..<50, using: &random) {
                case 0: rare
                case 1...8: Bool.random(using: &random) ? 0 : -0.0
                case 9...16: Float(Int.random(in: -1000...1000, using: &random)) / 256
                case 17...24: Float(sign: .minus, exponent: Int.random(in: -13..<19, using: &random), significand: 1)
                default: Float.random(in: -9...9, using: &random) * Float(1 << Int.random(in: 0...15, using: &random))
                }
            }
            var text: [UInt8] = []
            values.withUnsafeBufferPointer { NumberStream.append($0, nestedAs: nil, to: &text, kernels: kernels) }
            let alone = values.map { value -> String in
                var text: [UInt8] = []
                withUnsafePointer(to: value) { value in
                    let one = UnsafeBufferPointer(start: value, count: 1)
                    NumberStream.append(one, nestedAs: nil, to: &text, kernels: kernels)
                }
                return String(decoding: text.dropFirst().dropLast(), as: UTF8.self)
            }
            #expect(String(decoding: text, as: UTF8.self) == "[\(alone.joined(separator: ","))]", "seed \(random.seed)")
        }
    }

    /// Those that count: without sign, point, exponent and zeros at the ends.
    private func digits(of number: Substring) -> String {
        let significand = number.prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" }
        return String(significand.reversed().drop { $0 == "0" }.reversed())
    }

    @Test(arguments: TextKernels.supported.map(\.name))
    func numbersOfEveryLengthAreRoundedOnce(name: String) throws {
        let kernels = try #require(TextKernels(named: name))
        var random = SeededRandom(seed: 12)
        var texts: [String] = []
        for whole in 1...17 {
            for fraction in 0...26 {
                let first = whole == 1 ? Int.random(in: 0...9, using: &random) : Int.random(in: 1...9, using: &random)
                let more = (1..<whole).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
                let zeros = Int.random(in: 0...fraction, using: &random)
                let after = (0..<fraction).map { $0 < zeros ? "0" : String(Int.random(in: 0...9, using: &random)) }
                let sign = Bool.random(using: &random) ? "-" : ""
                texts.append("\(sign)\(first)\(more)" + (fraction > 0 ? "." + after.joined() : ""))
            }
        }
        let spaced = texts.joined(separator: ", ") + "]" + String(repeating: " ", count: 64)
        let body = Array(spaced.utf8)
        var position = 0
        var common = 0
        for text in texts {
            var value: Float = 0
            let row = body.withUnsafeBufferPointer { body in
                body.baseAddress.map { kernels.functions.read_floats($0, body.count, position, &value, 1) }
            }
            if let row, row.count == 1 {
                common += 1
                #expect(value.bitPattern == Float(text)?.bitPattern, "seed \(random.seed): \(text)")
            } else {
                // Left alone, for the careful reader.
                #expect(row?.position == position)
            }
            position += text.utf8.count + 2
        }
        #expect(common > texts.count / 2)
    }

    @Test(arguments: TextKernels.supported.map(\.name))
    func commasWithoutNumbersAreLeftAloneHoweverMany(name: String) throws {
        let kernels = try #require(TextKernels(named: name))
        // So many numbers that the kernel looks as far ahead as it ever does.
        for numbers in [1, 40, 300, 1000] {
            let body = Array((String(repeating: "1,", count: numbers) + String(repeating: ",", count: 2000)).utf8)
            var values = [Float](repeating: 0, count: body.count)
            let row = kernels.functions.read_floats(body, body.count, 0, &values, values.count)
            #expect(row.count == numbers)
            #expect(row.position == 2 * numbers)
            #expect(row.stop == CT_ROW_CAREFUL)
            #expect(values[..<numbers].allSatisfy { $0 == 1 })
        }
    }

    @Test(arguments: TextKernels.supported.map(\.name))
    func eachNumberOfARowIsReadAsByItselfAndNothingElseIsTakenForOne(name: String) throws {
        let kernels = try #require(TextKernels(named: name))
        let noNumbers = [
            "", "-", ".", "1.", ".5", "-.5", "01", "-01", "00", "1.2.3", "1..2", "--1", "1-2", "1-", "+1", "1 2", "- 1",
            "1. 5",
            "1e", "1e+", "e5", "0x1", "1_0", "/", ":", "1:", "\u{E9}", "null", "[1", "\"1\"", "123456789012345x",
            "-\t",
        ]
        var random = SeededRandom(seed: 15)
        var (read, asked) = (0, 0)
        for round in 0..<600 {
            // How many of a hundred are uncommon.
            let rare = [0, 2, 20, 60].randomElement(using: &random) ?? 0
            let elements = (0..<Int.random(in: 1...90, using: &random)).map { _ in
                Int.random(in: 0..<100, using: &random) >= rare
                    ? (text: commonNumber(&random), isNumber: true)
                    : Bool.random(using: &random)
                        ? (text: rareNumber(&random), isNumber: true)
                        : (text: noNumbers.randomElement(using: &random) ?? "", isNumber: false)
            }
            let spaces = elements.map { _ in
                String(repeating: " ", count: [0, 0, 1, 1, 2, 9].randomElement(using: &random) ?? 0)
            }
            let pieces = zip(spaces, elements).map { $0 + $1.text }
            let body = Array((pieces.joined(separator: ",") + "]").utf8)
            let starts = pieces.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.utf8.count + 1) }
            var values = [Float](repeating: 0, count: elements.count)
            var next = 0
            while next < elements.count {
                let limit = elements.count - next
                let row = kernels.functions.read_floats(body, body.count, starts[next], &values, limit)
                guard row.count <= limit else { Issue.record("\(row.count) of \(limit) numbers"); return }
                for (element, value) in zip(elements[next..<next + row.count], values) {
                    let expected = element.isNumber ? Float(element.text) : nil
                    #expect(
                        value.bitPattern == expected?.bitPattern,
                        "seed \(random.seed), round \(round): \(element.text) as \(value)"
                    )
                }
                if rare == 0 { read += row.count }
                next += row.count
                if row.stop == CT_ROW_CAREFUL {
                    let element = starts[next]...starts[next] + spaces[next].utf8.count
                    #expect(element.contains(row.position), "seed \(random.seed), round \(round)")
                    // A careful reader would look at this one.
                    next += 1
                    if rare == 0 { asked += 1 }
                } else {
                    #expect(next == elements.count)
                }
            }
        }
        #expect(read > 4 * asked, "common numbers need no careful reader, save at the end of the text")
    }

    /// At most fifteen digits, with or without a point.
    private func commonNumber(_ random: inout SeededRandom) -> String {
        let sign = Int.random(in: 0..<3, using: &random) == 0 ? "-" : ""
        let whole = Int.random(in: 0...([0, 9, 999, 9_999_999].randomElement(using: &random) ?? 0), using: &random)
        let fraction = Int.random(in: 0...8, using: &random)
        let digits = (0..<fraction).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
        return sign + String(whole) + (digits.isEmpty ? "" : "." + digits)
    }

    /// Exponents, many digits, and the ends of what a float can hold.
    private func rareNumber(_ random: inout SeededRandom) -> String {
        let digits = (0..<Int.random(in: 16...40, using: &random)).map { _ in
            String(Int.random(in: 0...9, using: &random))
        }
        return [
            commonNumber(&random) + "e" + String(Int.random(in: -45...30, using: &random)),
            commonNumber(&random) + "E+0" + String(Int.random(in: 0...9, using: &random)),
            "1" + digits.joined(), "-0." + digits.joined(), "0", "-0", "-0.0", "1e-46", "3.4028235e38", "16777217",
            "1e400",
        ].randomElement(using: &random) ?? "0"
    }

    @Test(arguments: TextKernels.supported.map(\.name))
    func wholeNumbersInTheMiddleBetweenTwoFloatsGoToTheEvenOne(name: String) throws {
        let kernels = try #require(TextKernels(named: name))
        var random = SeededRandom(seed: 14)
        let texts = (0..<2000).map { _ in
            let spacing = 1 << Int.random(in: 1...8, using: &random)
            let middle = Int.random(in: 1 << 23..<1 << 24, using: &random) * spacing + spacing / 2
            return String(Bool.random(using: &random) ? middle : -middle)
        }
        let body = Array((texts.joined(separator: ",") + "]").utf8)
        var values = [Float](repeating: 0, count: texts.count)
        let row = kernels.functions.read_floats(body, body.count, 0, &values, values.count)
        #expect(row.count > texts.count - 16, "most need no careful reader")
        for (text, value) in zip(texts, values).prefix(row.count) {
            #expect(value.bitPattern == Float(text)?.bitPattern, "seed \(random.seed): \(text)")
        }
    }

    @Test(arguments: TextKernels.supported.map(\.name))
    func base64OfEveryLengthIsThatOfTheAlphabet(name: String) throws {
        let kernels = try #require(TextKernels(named: name))
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var random = SeededRandom(seed: 13)
        for count in stride(from: 3, through: 300, by: 3) {
            let octets = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var text = [UInt8](repeating: 0, count: count / 3 * 4)
            kernels.functions.encode_base64(octets, count, &text)
            let expected = stride(from: 0, to: count, by: 3).flatMap { start -> [UInt8] in
                let bits = Int(octets[start]) << 16 | Int(octets[start + 1]) << 8 | Int(octets[start + 2])
                return [18, 12, 6, 0].map { alphabet[bits >> $0 & 63] }
            }
            #expect(text == expected, "seed \(random.seed)")
            var back = [UInt8](repeating: 0, count: count)
            #expect(kernels.functions.decode_base64(text, text.count, &back) == text.count)
            #expect(back == octets, "seed \(random.seed)")
            // Wherever a character is none, decoding ends at its group.
            let place = Int.random(in: 0..<text.count, using: &random)
            for octet in 0...255 where !alphabet.contains(UInt8(octet)) {
                text[place] = UInt8(octet)
                #expect(
                    kernels.functions.decode_base64(text, text.count, &back) == place / 4 * 4,
                    "\(octet) at \(place)"
                )
            }
        }
    }
}
