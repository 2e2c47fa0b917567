/// A class of ASCII octets, one bit each; no octet from 0x80 up belongs to any.
struct OctetSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ members: String) {
        for octet in members.utf8 { insert(octet) }
    }

    func union(_ members: String) -> OctetSet {
        var result = self
        for octet in members.utf8 { result.insert(octet) }
        return result
    }

    func contains(_ octet: UInt8) -> Bool {
        let half = octet < 64 ? low : high
        return octet < 128 && half >> UInt64(octet & 63) & 1 == 1
    }

    private mutating func insert(_ octet: UInt8) {
        if octet < 64 {
            low |= 1 << UInt64(octet)
        } else if octet < 128 {
            high |= 1 << UInt64(octet - 64)
        }
    }
}

extension OctetSet {
    private static let alphanumeric = OctetSet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    /// tchar (RFC 9110 section 5.6.2).
    static let token = alphanumeric.union("!#$%&'*+-.^_`|~")
    /// unreserved / sub-delims (RFC 3986 sections 2.2 and 2.3): what a registered name holds beside percent-encoding.
    static let registeredName = alphanumeric.union("-._~").union("!$&'()*+,;=")
    /// pchar and "/" (RFC 3986 section 3.3) without "%", and "[", "]", "|", which browsers leave as they are in a path.
    static let path = registeredName.union(":@/").union("[]|")
    /// query (RFC 3986 section 3.4) without "%", and what browsers leave as it is there.
    static let query = path.union("?").union("{}^`\\'")
}
