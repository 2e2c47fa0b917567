import Testing

@testable import HTTPWire

/// What may stand in a field's value, whatever its length and wherever it stands.
struct FieldContentTests {
    @Test func onlyControlCharactersOtherThanTabBecomeSpaces() {
        for length in [1, 7, 8, 9, 15, 16, 17, 31, 40] {
            for place in 0..<length {
                for octet in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: ASCII.space + 1, count: length)
                    text[place] = octet
                    var expected = text
                    if octet == 0x7F || (octet < 0x20 && octet != 0x09) { expected[place] = 0x20 }
                    var written: [UInt8] = [0]
                    written.appendFieldContent(text)
                    #expect(written == [0] + expected, "octet \(octet) at \(place) of \(length)")
                }
            }
        }
    }
}
