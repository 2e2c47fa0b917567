import ModelStore
import Testing

@Suite struct ModelNameTests {
    @Test(arguments: ["a", "resnet-18", "A.b_c-9", "0", String(repeating: "x", count: 128)])
    func aNameOfLettersDigitsAndMarksIsOne(text: String) throws {
        #expect(try ModelName(text).text == text)
    }

    @Test(
        arguments: [
            "", ".", "..", ".hidden", "-rf", "a/b", "../a", "a\u{0}", "a b", "é", "a\\b", "a%2Fb", "~",
            String(repeating: "x", count: 129), String(repeating: "x", count: 300),
        ]
    )
    func anyOtherIsNot(text: String) {
        #expect(throws: ModelError.name(text)) { try ModelName(text) }
    }
}
