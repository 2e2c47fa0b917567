extension JSONReader {
    /// Takes a number of at most nine digits without an exponent, as most of a small body are, rounded once to float32.
    /// `nil`, and nothing is taken, where something else stands, or it lies too near the middle between two of them.
    mutating func shortNumber() -> Float? {
        var at = position
        func digit() -> UInt32? {
            guard at < bytes.byteCount else { return nil }
            let value = bytes.octet(at: at) &- UInt8(ascii: "0")
            return value <= 9 ? UInt32(value) : nil
        }
        let isNegative = current == UInt8(ascii: "-")
        if isNegative { at += 1 }
        let start = at
        var significand: UInt32 = 0, count = 0, places = 0
        while count < 9, let digit = digit() {
            significand = significand * 10 + digit
            (at, count) = (at + 1, count + 1)
        }
        // The careful reader says what is wrong with a leading zero.
        guard count > 0, count == 1 || bytes.octet(at: start) != UInt8(ascii: "0") else { return nil }
        if at < bytes.byteCount, bytes.octet(at: at) == UInt8(ascii: ".") {
            at += 1
            while count < 9, let digit = digit() {
                significand = significand * 10 + digit
                (at, count, places) = (at + 1, count + 1, places + 1)
            }
            guard places > 0 else { return nil }
        }
        guard at < bytes.byteCount, JSONReader.endsNumber(bytes.octet(at: at)) else { return nil }
        let magnitude: Float
        if significand == 0 || (places == 0 && significand < 1 << 24) {
            magnitude = Float(significand)
        } else {
            // Two roundings of a double: within two units of its last place.
            let power = unsafe PowersOfTen.doubles[-places - PowersOfTen.exponents.lowerBound]
            guard let rounded = DecimalToFloat.nearestNormal(Double(significand) * power) else { return nil }
            magnitude = rounded
        }
        position = at
        return isNegative ? -magnitude : magnitude
    }

    private static func endsNumber(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: ",") || octet == UInt8(ascii: "]") || isWhitespace(octet)
    }
}
