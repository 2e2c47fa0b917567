/// Media types in `Content-Type` and `Accept` (RFC 9110 sections 8.3 and 12.5.1), as far as this service needs them.
struct MediaType: Equatable {
    /// Lower-case `type/subtype`.
    let essence: String
    /// Lower-case value of `charset`, quotes removed.
    let charset: String?

    /// `nil` when the value is not `type/subtype` with parameters.
    init?(_ value: String) {
        let parts = value.split(separator: ";", omittingEmptySubsequences: false)
        let essence = parts[0].trimmingOptionalWhitespace
        let halves = essence.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isTokenOctet) }) else {
            return nil
        }
        self.essence = essence.asciiLowercased
        var charset: String?
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].trimmingOptionalWhitespace.asciiLowercased == "charset" else { continue }
            charset = String(pair[1].trimmingOptionalWhitespace.asciiLowercased.filter { $0 != "\"" })
        }
        self.charset = charset
    }
}

/// Which of our media types a client takes.
enum Accept {
    /// Whether `offered` (lower-case `type/subtype`) is acceptable under these `Accept` field values: the most specific
    /// range that matches decides, a weight of 0 refuses. No field, or an empty one, accepts everything.
    static func allows(_ offered: String, fields: [String]) -> Bool {
        // What nearly all clients send.
        guard let first = fields.first, fields.count > 1 || (first != "*/*" && first != offered) else { return true }
        let type = offered.prefix { $0 != "/" }
        var isConstrained = false
        var best: (specificity: Int, weight: Double)?
        for range in fields.flatMap({ $0.split(separator: ",") }) {
            let parts = range.split(separator: ";", omittingEmptySubsequences: false)
            let name = parts[0].trimmingOptionalWhitespace.asciiLowercased
            guard !name.isEmpty else { continue }
            isConstrained = true
            let specificity =
                switch name {
                case offered: 2
                case "\(type)/*": 1
                case "*/*": 0
                default: -1
                }
            guard specificity > (best?.specificity ?? -1) else { continue }
            best = (specificity, weight(of: parts.dropFirst()))
        }
        guard isConstrained else { return true }
        return best.map { $0.weight > 0 } ?? false
    }

    /// The `q` parameter, 1 without one; an unreadable one counts as 1: the client named the type after all.
    private static func weight(of parameters: some Sequence<Substring>) -> Double {
        for parameter in parameters {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].trimmingOptionalWhitespace.asciiLowercased == "q" else { continue }
            return Double(pair[1].trimmingOptionalWhitespace) ?? 1
        }
        return 1
    }
}

extension StringProtocol {
    /// Without spaces and tabs at either end: RFC 9110's OWS, and no other white space.
    var trimmingOptionalWhitespace: String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var octets = Substring(self).utf8.drop(while: isSpace)
        while let last = octets.last, isSpace(last) { octets.removeLast() }
        return String(Substring(octets))
    }

    /// Only A to Z are folded: `lowercased()` would fold the Kelvin sign into a k.
    var asciiLowercased: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

extension UInt8 {
    /// RFC 9110 section 5.6.2.
    fileprivate var isTokenOctet: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
