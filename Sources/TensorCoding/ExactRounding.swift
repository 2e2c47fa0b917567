/// Finds the float32 nearest to a decimal number by comparing it, as whole numbers, with the middles between float32
/// values.
struct ExactRounding {
    /// All significant digits.
    private let digits: Digits
    /// The magnitude is `digits` · 10^`exponent`.
    private let exponent: Int

    private enum Digits {
        case short(UInt64)
        case long(BigNatural)
    }

    /// `body` is where the number stands.
    init(_ decimal: DecimalNumber, in body: RawSpan) {
        guard decimal.isTruncated else {
            digits = .short(decimal.significand)
            exponent = decimal.exponent
            return
        }
        var all = BigNatural(0)
        var count = 0
        for offset in decimal.range {
            let byte = body.octet(at: offset)
            if byte | 0x20 == UInt8(ascii: "e") { break }
            let digit = byte &- UInt8(ascii: "0")
            if digit > 9 || (digit == 0 && count == 0) { continue }
            all.multiply(by: 10, adding: UInt64(digit))
            count += 1
        }
        digits = .long(all)
        exponent = decimal.exponent - (count - DecimalNumber.maximumDigits)
    }

    /// `nil` when the number is nearer to 2^128 than to the largest float32, or in the middle. The start is the answer
    /// or a value near it.
    func nearest(startingAt start: Float) -> Float? {
        // Bit patterns of positive values are in order, and even ones have even significands.
        let infinity = Float.infinity.bitPattern
        var bits = min(start.bitPattern, infinity - 1)
        while true {
            let toUpper = compare(toMiddleAbove: bits)
            if toUpper > 0 || (toUpper == 0 && bits & 1 == 1) {
                bits += 1
                if bits == infinity { return nil }
                continue
            }
            guard bits > 0 else { return 0 }
            let toLower = compare(toMiddleAbove: bits - 1)
            guard toLower < 0 || (toLower == 0 && bits & 1 == 1) else { return Float(bitPattern: bits) }
            bits -= 1
        }
    }

    /// Negative, zero or positive as the number lies below, on or above the middle between the float32 of this pattern
    /// and the next.
    private func compare(toMiddleAbove bits: UInt32) -> Int {
        let field = Int(bits >> 23)
        let fraction = UInt64(bits & 0x7F_FFFF)
        // The float is c · 2^q, the next one (c + 1) · 2^q, the middle (2c + 1) · 2^(q - 1).
        let middle = 2 * (field == 0 ? fraction : fraction | 0x80_0000) + 1
        let twos = exponent - (max(field, 1) - 150 - 1)
        switch digits {
        case .short(let significand) where abs(exponent) <= ExactRounding.shortExponents:
            // Both sides are nearly equal, and the one without the shift has at most 64 + 59 bits.
            let power = UInt128(ExactRounding.powerOfFive(abs(exponent)))
            let left = exponent > 0 ? UInt128(significand) * power : UInt128(significand)
            let right = exponent < 0 ? UInt128(middle) * power : UInt128(middle)
            return order(twos > 0 ? left << UInt128(twos) : left, twos < 0 ? right << UInt128(-twos) : right)
        case .short(let significand):
            return compare(BigNatural(significand), to: middle, twos: twos)
        case .long(let digits):
            return compare(digits, to: middle, twos: twos)
        }
    }

    private func compare(_ digits: BigNatural, to middle: UInt64, twos: Int) -> Int {
        var left = digits
        var right = BigNatural(middle)
        if exponent > 0 { left.multiplyByFive(times: exponent) } else { right.multiplyByFive(times: -exponent) }
        if twos > 0 { left.shiftLeft(by: twos) } else { right.shiftLeft(by: -twos) }
        return left.compare(to: right)
    }

    private func order(_ left: UInt128, _ right: UInt128) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    private static let shortExponents = 25

    private static func powerOfFive(_ exponent: Int) -> UInt64 {
        (0..<exponent).reduce(1) { power, _ in power * 5 }
    }
}
