import TensorCoding
import TestSupport
import Testing

@Suite struct SyntaxTests {
    @Test func everyCaseOfTheTableHasItsOutcome() {
        let cases = caseTable("syntax.tsv")
        #expect(cases.count > 200)
        for row in cases {
            let body = percentDecoded(row.count > 3 ? row[3] : "")
            let outcome =
                switch readTensor(body) {
                case .success: "ok"
                case .failure(let error): error.kind == .malformed ? "400" : "422"
                }
            #expect(outcome == row[1], "\(row[2])")
        }
    }

    @Test(arguments: [
        ("[1,]", 3, 1, 4), ("[1,\n 2,\n x]", 9, 3, 2), ("{\"é\":01}", 6, 1, 6), ("[\"\\uD800\"]", 2, 1, 3),
        ("[1] 2", 4, 1, 5), ("", 0, 1, 1), ("[1", 2, 1, 3), ("[\"é\u{7}\"]", 4, 1, 4),
    ])
    func aFaultHasItsOffsetLineAndColumn(text: String, offset: Int, line: Int, column: Int) throws {
        let place = try #require(readTensor(text).error?.place)
        #expect(place.offset == offset)
        #expect(place.line == line)
        #expect(place.column == column)
    }

    @Test func nestingBeyondTheLimitIsMalformed() {
        func nested(_ levels: Int) -> String {
            "{\"x\":" + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "}"
        }
        // One level is the object.
        let error = readTensor(nested(CodingLimits.depth - 1)).error
        #expect(error?.kind == .invalid)
        #expect(readTensor(nested(CodingLimits.depth)).error?.reason == .syntax(.tooDeep(limit: CodingLimits.depth)))
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func fiveMillionLevelsAreRefusedAtOnce(level: String) {
        let body = Array(String(repeating: level, count: 5_000_000).utf8)
        #expect(readTensor(body).error?.kind == .malformed)
    }

    @Test func aNumberMayHave1024OctetsAndNoMore() {
        let longest = "0." + String(repeating: "1", count: CodingLimits.numberLength - 2)
        #expect(readTensor("[\(longest)]").error == nil)
        let reason = CodingError.Reason.syntax(.numberTooLong(limit: CodingLimits.numberLength))
        #expect(readTensor("[\(longest)1]").error?.reason == reason)
    }

    @Test func aBodyThatIsNotJSONIsCalledThatWhateverElseIsWrong() {
        #expect(readOperation("relu", "{\"input\":[1e400],\"stirde\":2").error?.kind == .malformed)
        #expect(readOperation("relu", "{\"input\":[1e400],\"stirde\":2}").error?.kind == .invalid)
    }
}
