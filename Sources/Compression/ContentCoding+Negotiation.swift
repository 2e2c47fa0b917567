extension ContentCoding {
    /// The coding to answer with (RFC 9110 section 12.5.3): the one of highest weight; at equal weights gzip, then
    /// deflate, then identity. Nil when not even identity is acceptable: then 406 is right.
    ///
    /// Identity is acceptable unless it is excluded, but what is not mentioned is only the last resort. A field that is
    /// absent, empty or malformed asks for no coding.
    ///
    /// - Parameter acceptEncoding: the value of all Accept-Encoding fields, joined with commas.
    package static func negotiate(_ acceptEncoding: String?) -> ContentCoding? {
        guard let acceptEncoding, let weights = Weights(acceptEncoding) else { return .identity }
        var best: (coding: ContentCoding, weight: Int)?
        for coding in [ContentCoding.gzip, .deflate, .identity] {
            let weight = weights[coding]
            if weight > (best?.weight ?? 0) { best = (coding, weight) }
        }
        return best?.coding
    }
}

/// Accept-Encoding = #( codings [ weight ] ); weights in ten-thousandths, so that one below 0.001 is left for identity.
private struct Weights {
    private var stated: [ContentCoding: Int] = [:]
    private var others: Int?

    subscript(coding: ContentCoding) -> Int {
        stated[coding] ?? others ?? (coding == .identity ? 1 : 0)
    }

    /// Nil when the field is malformed.
    init?(_ field: String) {
        for element in field.utf8.split(separator: UInt8(ascii: ",")) {
            let element = element.trimmed
            guard !element.isEmpty else { continue }
            let parts = element.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            let name = parts[0].trimmed
            guard parts.count <= 2, !name.isEmpty, name.allSatisfy(Self.isToken) else { return nil }
            guard let weight = parts.count == 2 ? Self.weight(parts[1].trimmed) : 10000 else { return nil }
            // Named twice, the smaller weight holds: what was refused once stays refused.
            if name.elementsEqual("*".utf8) {
                others = min(others ?? weight, weight)
            } else if let coding = ContentCoding(name: name) {
                stated[coding] = min(stated[coding] ?? weight, weight)
            }
        }
    }

    /// "q=" and 0 to 1 with up to three decimals (RFC 9110 section 12.4.2).
    private static func weight(_ text: Substring.UTF8View) -> Int? {
        guard text.prefix(2).equals("q=") else { return nil }
        let digits = Array(text.dropFirst(2))
        guard 1...5 ~= digits.count, digits[0] == UInt8(ascii: "0") || digits[0] == UInt8(ascii: "1") else {
            return nil
        }
        guard digits.count == 1 || digits[1] == UInt8(ascii: ".") else { return nil }
        var weight = Int(digits[0] &- 0x30) * 10000
        var scale = 1000
        for digit in digits.dropFirst(2) {
            guard digit &- 0x30 < 10 else { return nil }
            weight += Int(digit &- 0x30) * scale
            scale /= 10
        }
        return weight <= 10000 ? weight : nil
    }

    private static func isToken(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(octet)
        }
    }
}
