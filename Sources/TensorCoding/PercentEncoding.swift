/// Percent-encoded text of a URL (RFC 3986 section 2.1).
package enum PercentEncoding {
    /// With `%41` as `A`; a percent sign without two digits is itself. In a form a plus is a space.
    package static func octets(_ text: Substring, isForm: Bool) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = text.utf8
        while let first = rest.popFirst() {
            if first == UInt8(ascii: "%"), let octet = octet(ofDigits: rest.prefix(2)) {
                octets.append(octet)
                rest = rest.dropFirst(2)
            } else {
                octets.append(isForm && first == UInt8(ascii: "+") ? 0x20 : first)
            }
        }
        return octets
    }

    /// Two hexadecimal digits; a number's text may have a sign, which an octet's has not.
    private static func octet(ofDigits digits: Substring.UTF8View) -> UInt8? {
        guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt8(Substring(digits), radix: 16)
    }
}
