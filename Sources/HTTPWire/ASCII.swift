/// The octets that the grammar names.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let percent: UInt8 = 0x25
    static let asterisk: UInt8 = 0x2A
    static let comma: UInt8 = 0x2C
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let question: UInt8 = 0x3F
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let delete: UInt8 = 0x7F
}

extension UInt8 {
    /// DIGIT (RFC 5234 appendix B.1): ASCII only, no sign.
    var decimalDigit: UInt8? {
        let value = self &- 0x30
        return value < 10 ? value : nil
    }

    /// HEXDIG in either case, which RFC 9112 section 7.1 allows.
    var hexadecimalDigit: UInt8? {
        if let digit = decimalDigit { return digit }
        let value = (self | 0x20) &- 0x61
        return value < 6 ? value &+ 10 : nil
    }

    /// A to Z made small; every other octet stays. Never `lowercased()`: U+212A would become "k" there.
    var asciiLowercased: UInt8 {
        self &- 0x41 < 26 ? self | 0x20 : self
    }

    /// SP / HTAB: the only white space inside a line (RFC 9110 section 5.6.3).
    var isBlank: Bool { self == ASCII.space || self == ASCII.tab }

    /// VCHAR / obs-text / SP / HTAB: what a field value may hold (RFC 9110 section 5.5).
    var isFieldContent: Bool { self >= 0x20 && self != ASCII.delete || self == ASCII.tab }
}
