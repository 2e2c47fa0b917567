import Testing

@testable import HTTPWire

/// What may stand in a field's value, whatever its length, wherever it stands and whatever it stands among.
struct FieldContentTests {
    @Test(arguments: [0x09, 0x20, 0x21, 0x30, 0x61, 0x7E, 0x80, 0xFF] as [UInt8])
    func onlyControlCharactersOtherThanTabBecomeSpaces(among other: UInt8) {
        for length in [1, 7, 8, 9, 15, 16, 17, 31] {
            for place in 0..<length {
                for octet in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: other, count: length)
                    text[place] = octet
                    var expected = text
                    if octet == 0x7F || (octet < 0x20 && octet != 0x09) { expected[place] = 0x20 }
                    var written: [UInt8] = [0]
                    written.appendFieldContent(text)
                    if written != [0] + expected {
                        Issue.record("octet \(octet) at \(place) of \(length) among \(other)")
                    }
                }
            }
        }
    }

    /// So that text is looked at once.
    @Test func wordOfTextHasNoControlOctets() {
        for octet in UInt8.min...UInt8.max {
            for other in [0x20, 0x21, 0x30, 0x61, 0x7E, 0x80, 0xFF] as [UInt64] {
                let word = UInt64(octet) << 24 | (other &* 0x0101_0101_0101_0101) & ~(0xFF << 24)
                #expect((word.controlOctets != 0) == (octet < 0x20 || octet == 0x7F), "\(octet) among \(other)")
            }
        }
    }
}
