/// Media types in `Content-Type` and `Accept` (RFC 9110 sections 8.3 and 12.5.1), as far as this service needs them.
struct MediaType: Equatable {
    /// Lower-case `type/subtype`.
    let essence: String
    /// Lower-case value of `charset`, quotes removed.
    let charset: String?
    /// Value of `boundary` (RFC 2046 section 5.1.1), quotes removed.
    let boundary: String?

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
        var boundary: String?
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            let value = pair[1].trimmingOptionalWhitespace.filter { $0 != "\"" }
            switch pair[0].trimmingOptionalWhitespace.asciiLowercased {
            case "charset": charset = value.asciiLowercased
            case "boundary": boundary = value
            default: break
            }
        }
        self.charset = charset
        self.boundary = boundary
    }
}

/// Which of our media types a client takes.
enum Accept {
    /// Which of `offered` (lower-case `type/subtype`) is best under these `Accept` field values: the highest weight, then
    /// the one that is named most precisely, then the first. `nil` when none is acceptable. No field, or an empty one,
    /// accepts everything.
    static func best(of offered: [String], fields: [String]) -> String? {
        var best: (type: String, preference: (weight: Double, specificity: Int))?
        for type in offered {
            guard let preference = preference(for: type, fields: fields), preference.weight > 0 else { continue }
            if let best, preference <= best.preference { continue }
            best = (type, preference)
        }
        return best?.type
    }

    /// The most specific range that matches decides, a weight of 0 refuses; `nil` when none matches.
    private static func preference(for offered: String, fields: [String]) -> (weight: Double, specificity: Int)? {
        let type = offered.prefix { $0 != "/" }
        var isConstrained = false
        var best: (weight: Double, specificity: Int)?
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
            best = (weight(of: parts.dropFirst()), specificity)
        }
        return isConstrained ? best : (1, 0)
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
