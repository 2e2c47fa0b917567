/// The content codings that are spoken (RFC 9110 section 8.4.1).
package enum ContentCoding: String, Hashable, Sendable, CaseIterable {
    case identity
    /// RFC 1952; `x-gzip` is another name for it.
    case gzip
    /// RFC 1950: deflate within the zlib format. Raw deflate, which some call so too, is not understood.
    case deflate

    /// As named in a field, ASCII case aside.
    init?(name: some Collection<UInt8>) {
        if name.equals("gzip") || name.equals("x-gzip") {
            self = .gzip
        } else if name.equals("deflate") {
            self = .deflate
        } else if name.equals("identity") {
            self = .identity
        } else {
            return nil
        }
    }

    /// What was applied to a body, in the order of application; the last is undone first. Nil when one of them is
    /// unknown, or there are more than `mostLayers`: the answer is then 415.
    ///
    /// - Parameter values: of all Content-Encoding fields, in order.
    package static func parse(contentEncoding values: [String]) -> [ContentCoding]? {
        var codings: [ContentCoding] = []
        for value in values {
            for element in value.utf8.split(separator: UInt8(ascii: ",")) {
                let name = element.trimmed
                guard !name.isEmpty else { continue }
                guard let coding = ContentCoding(name: name) else { return nil }
                if coding != .identity { codings.append(coding) }
            }
        }
        return codings.count <= mostLayers ? codings : nil
    }

    /// Nobody has a reason for more; each costs a pass over the body.
    private static let mostLayers = 2
}

extension Collection<UInt8> {
    /// Equal, ASCII case aside; `text` is given in small letters. Never by `lowercased()`, which knows other letters.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { expected in
            zip(self, expected).allSatisfy { ($0 &- 0x41 < 26 ? $0 | 0x20 : $0) == $1 }
        }
    }
}

extension Substring.UTF8View {
    /// Without SP and HTAB at its ends.
    var trimmed: Substring.UTF8View {
        var text = self
        while let first = text.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
        while let last = text.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
        return text
    }
}
