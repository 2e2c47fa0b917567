/// Decimal to float32, rounded once, to nearest even.
///
/// A double within a few units of its last place decides, unless it lies that near to the middle between two float32
/// values; there, once in some ten million random numbers, exact integers decide. An approximation that knows when it
/// does not suffice is Clinger's idea (How to read floating point numbers accurately, 1990); as a double has 29 bits
/// more than a float32, no wider table is needed.
enum DecimalToFloat {
    /// The float32 nearest to all values within eight units of the double's last place, which is positive; `nil` when
    /// they have different ones, or the result is zero, subnormal or too large.
    @inline(__always)
    static func nearestNormal(_ double: Double) -> Float? {
        let bits = double.bitPattern
        // Of the dropped 29 bits: below 16 when within eight units of the middle.
        let fromMiddle = (bits &- 0x0FFF_FFF8) & 0x1FFF_FFFF
        guard fromMiddle >= 16, bits &- smallestNormal < largest - smallestNormal else { return nil }
        return Float(double)
    }

    /// The same for results that are subnormal.
    static func nearestSubnormal(_ double: Double) -> Float? {
        guard double < Double(Float.leastNormalMagnitude) else { return nil }
        // In units of the smallest subnormal; the scaling is exact.
        let units = double * 0x1p149
        let fromMiddle = abs(abs(units - units.rounded()) - 0.5)
        guard fromMiddle > units * 0x1p-48 else { return nil }
        return Float(units.rounded()) * 0x1p-149
    }

    private static let smallestNormal = Double(Float.leastNormalMagnitude).bitPattern
    private static let largest = Double(Float.greatestFiniteMagnitude).bitPattern
}

extension DecimalNumber {
    /// The nearest float32; `nil` when that would be an infinity. `body` is where the number stands.
    func float(in body: RawSpan) -> Float? {
        guard let magnitude = magnitude(in: body) else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    private func magnitude(in body: RawSpan) -> Float? {
        guard significand != 0, exponent >= PowersOfTen.exponents.lowerBound else { return 0 }
        guard exponent <= PowersOfTen.exponents.upperBound else { return nil }
        let power = unsafe PowersOfTen.doubles[exponent - PowersOfTen.exponents.lowerBound]
        // Three roundings, and digits beyond the nineteenth that are far below one: within four units.
        let double = Double(significand) * power
        if let float = DecimalToFloat.nearestNormal(double) ?? DecimalToFloat.nearestSubnormal(double) { return float }
        return ExactRounding(self, in: body).nearest(startingAt: Float(double))
    }
}
