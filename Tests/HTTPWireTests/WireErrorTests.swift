import HTTPWire
import Testing

@Suite("Wire errors")
struct WireErrorTests {
    @Test("a sentence says what was found, what was expected, and where")
    func sentences() {
        #expect(
            WireError(.badFieldNameOctet(octet: 0x28), offset: 20).sentence
                == #"A field name holds "(", which no name can hold (octet 20 of the message)"#
        )
        #expect(
            WireError(.badFieldValueOctet(octet: 0), offset: 9).sentence
                == "A field value holds octet 0x00, which no value can hold (octet 9 of the message)"
        )
        #expect(
            WireError(.unsupportedVersion(major: 2, minor: 0), offset: 6).sentence
                == "The request is HTTP/2.0; this server speaks HTTP/1.1 and HTTP/1.0 (octet 6 of the message)"
        )
    }

    @Test(
        "an octet from outside never reaches a sentence unless it is visible ASCII",
        arguments: 0...255 as ClosedRange
    )
    func sentencesAreVisible(octet: UInt8) {
        let sentence = WireError(.badTargetOctet(octet: octet), offset: 0).sentence
        #expect(sentence.utf8.allSatisfy { 0x20..<0x7F ~= $0 })
    }
}
