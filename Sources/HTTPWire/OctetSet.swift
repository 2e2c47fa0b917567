/// A class of ASCII octets, one bit each; no octet from 0x80 up belongs to any.
struct OctetSet: Sendable, Hashable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

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

/// As constants, which cost no look at whether they have been made; the tests hold them against the grammar's letters.
extension OctetSet {
    /// tchar (RFC 9110 section 5.6.2): letters, digits and ``!#$%&'*+-.^_`|~``.
    static var token: OctetSet { OctetSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE) }
    /// unreserved / sub-delims (RFC 3986 sections 2.2 and 2.3), which a registered name holds beside percent-encoding:
    /// letters, digits, `-._~` and `!$&'()*+,;=`.
    static var registeredName: OctetSet { OctetSet(low: 0x2BFF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE) }
    /// pchar and "/" (RFC 3986 section 3.3) without "%", and "[", "]", "|", which browsers leave as they are in a path.
    static var path: OctetSet { OctetSet(low: 0x2FFF_FFD2_0000_0000, high: 0x57FF_FFFE_AFFF_FFFF) }
    /// query (RFC 3986 section 3.4) without "%", and what browsers leave as it is there: ``{}^`\'``.
    static var query: OctetSet { OctetSet(low: 0xAFFF_FFD2_0000_0000, high: 0x7FFF_FFFF_FFFF_FFFF) }
}
