/// A key of an object, recognised.
struct JSONKey {
    /// Which of the interface's own it is; `nil` for any other.
    let name: MemberName?
    let token: StringToken

    init(_ token: StringToken, _ reader: borrowing JSONReader) {
        self.token = token
        name =
            if token.hasEscapes {
                ShortText(reader.text(token)).flatMap { MemberName($0) }
            } else {
                ShortText(token.start..<token.end, of: reader.bytes).flatMap { MemberName($0) }
            }
    }
}

extension JSONReader {
    func text(_ key: JSONKey) -> String { text(key.token) }
}

extension [String] {
    /// Whether one of them has the same octets: text that only looks the same is another key.
    func containsOctets(of text: String) -> Bool {
        contains { other in other.utf8.elementsEqual(text.utf8) }
    }
}
