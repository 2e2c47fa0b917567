import Testing

@testable import HTTPWire

/// The octet classes are constants: here they are held against the letters of the grammar.
@Suite("Octets") struct OctetTests {
    private static let alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    private static let registeredName = alphanumeric + "-._~" + "!$&'()*+,;="
    private static let path = registeredName + ":@/" + "[]|"

    @Test(
        "a class holds the octets of its grammar and no others",
        arguments: [
            (OctetSet.token, alphanumeric + "!#$%&'*+-.^_`|~"),
            (OctetSet.registeredName, registeredName),
            (OctetSet.path, path),
            (OctetSet.query, path + "?" + "{}^`\\'"),
        ]
    )
    func classes(set: OctetSet, members: String) {
        for octet in UInt8.min...UInt8.max {
            #expect(set.contains(octet) == members.utf8.contains(octet), "octet \(octet)")
        }
    }

    @Test("a field is known by its name in any letter case, and by nothing like it")
    func knownFields() {
        let names: [(String, KnownField)] = [
            ("Host", .host), ("Content-Length", .contentLength), ("Transfer-Encoding", .transferEncoding),
            ("Connection", .connection), ("Expect", .expect), ("Accept", .accept), ("Accept-Encoding", .acceptEncoding),
            ("Access-Control-Request-Method", .accessControlRequestMethod), ("Authorization", .authorization),
            ("Content-Encoding", .contentEncoding), ("Content-Type", .contentType), ("Origin", .origin),
            ("X-Request-Id", .requestID), ("X-Request-Timeout", .requestTimeout), ("X-Api-Key", .apiKey),
            ("traceparent", .traceParent),
        ]
        #expect(Set(names.map(\.1)).count == KnownField.allCases.count - 1)
        for (name, field) in names {
            #expect(known(Array(name.utf8)) == field)
            #expect(known(Array(name.uppercased().utf8)) == field)
            #expect(known(Array(name.lowercased().utf8)) == field)
            for place in name.utf8.indices {
                var near = Array(name.utf8)
                near[name.utf8.distance(from: name.utf8.startIndex, to: place)] ^= 0x01
                #expect(known(near) == .other, "\(String(decoding: near, as: UTF8.self))")
            }
        }
    }

    @Test("texts are compared to their last octet", arguments: ["", "a", "1234567", "12345678", "123456789"])
    func comparing(text: String) {
        let octets = Array(text.utf8)
        #expect(isSame(octets, "12345678") == (text == "12345678"))
        #expect(isSame(octets, "123456789") == (text == "123456789"))
        #expect(isSame(octets, "a") == (text == "a"))
        #expect(isSame(octets, "") == text.isEmpty)
    }

    private func known(_ name: [UInt8]) -> KnownField { KnownField(name.span) }

    private func isSame(_ octets: [UInt8], _ text: StaticString) -> Bool { octets.span.isSame(as: text) }
}
