/// Float32 to JSON text: the fewest digits that read back to the same float32, laid out as JavaScript does it (plain
/// from 1e-6 up to below 1e21, else with an exponent), without the plus sign in exponents.
///
/// A value, so that its tables are fetched once for many numbers. Safe, because they are never freed.
@safe struct NumberText {
    /// No number needs more octets, and that many may be written.
    static let room = 32

    private let shortest = unsafe ShortestFloat.powers
    private let powers = unsafe PowersOfTen.integers

    /// Writes a number, or the string that stands for what JSON cannot write; gives how many octets it takes.
    @inline(__always)
    func write(_ value: Float, to text: UnsafeMutablePointer<UInt8>) -> Int {
        let bits = value.bitPattern & 0x7FFF_FFFF
        guard bits < Float.infinity.bitPattern else { return unsafe writeName(value, to: text) }
        let sign = Int(value.bitPattern >> 31)
        unsafe text[0] = UInt8(ascii: "-")
        guard bits != 0 else {
            unsafe text[sign] = UInt8(ascii: "0")
            return sign + 1
        }
        return unsafe sign &+ write(ShortestFloat(bits: bits, powers: shortest), to: text + sign)
    }

    @inline(__always)
    private func write(_ float: ShortestFloat, to text: UnsafeMutablePointer<UInt8>) -> Int {
        let length = digitCount(float.digits)
        // Nine digits, zeros at the end: the first, and eight that are written together.
        let nine = UInt64(float.digits) &* (unsafe powers[9 - length])
        let first = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: nine / 100_000_000)
        let eight = eightDigits(UInt32(truncatingIfNeeded: nine % 100_000_000))
        let count = 9 &- eight.leadingZeroBitCount / 8
        let rest = eight | 0x3030_3030_3030_3030
        // Digits before the decimal point.
        let before = length &+ float.exponent

        // "0." and zeros, or one digit and the point: the same octets, and no branch between the two.
        if before &+ 5 >= 0, before <= 1 {
            let isBelowOne = before < 1
            let start = isBelowOne ? 2 &- before : 0
            unsafe store(0x3030_3030_3030_2E30, at: text)
            unsafe text[start] = first
            unsafe store(rest, at: text + (isBelowOne ? start &+ 1 : 2))
            return isBelowOne ? start &+ count : count == 1 ? 1 : count &+ 1
        }
        unsafe text[0] = first
        guard (2...21).contains(before) else {
            unsafe text[1] = UInt8(ascii: ".")
            unsafe store(rest, at: text + 2)
            let significand = count == 1 ? 1 : count + 1
            return unsafe significand + writeExponent(before - 1, to: text + significand)
        }
        unsafe store(rest, at: text + 1)
        if count <= before {
            // Zeros beyond the nine digits.
            for index in stride(from: 9, to: before, by: 1) { unsafe text[index] = UInt8(ascii: "0") }
            return before
        }
        for index in stride(from: count, to: before, by: -1) { unsafe text[index] = text[index - 1] }
        unsafe text[before] = UInt8(ascii: ".")
        return count + 1
    }

    /// `e` and at most two digits.
    private func writeExponent(_ exponent: Int, to text: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        func put(_ byte: UInt8) {
            unsafe text[count] = byte
            count += 1
        }
        put(UInt8(ascii: "e"))
        if exponent < 0 { put(UInt8(ascii: "-")) }
        let magnitude = UInt8(truncatingIfNeeded: abs(exponent))
        if magnitude >= 10 { put(UInt8(ascii: "0") + magnitude / 10) }
        put(UInt8(ascii: "0") + magnitude % 10)
        return count
    }

    private func writeName(_ value: Float, to text: UnsafeMutablePointer<UInt8>) -> Int {
        let name: StaticString = value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\""
        unsafe text.update(from: name.utf8Start, count: name.utf8CodeUnitCount)
        return name.utf8CodeUnitCount
    }

    @inline(__always)
    private func store(_ octets: UInt64, at text: UnsafeMutablePointer<UInt8>) {
        unsafe UnsafeMutableRawPointer(text).storeBytes(of: octets.littleEndian, as: UInt64.self)
    }

    /// The eight digits of a number below 10^8 as octets 0 to 9, the first in the lowest: halves, quarters and single
    /// digits are split by multiplication, all lanes at once (Paul Khuong, How to print integers really fast, 2017).
    @inline(__always)
    private func eightDigits(_ number: UInt32) -> UInt64 {
        let upper = UInt64(number / 10_000)
        let lower = UInt64(number % 10_000)
        let halves = upper | lower << 32
        let hundreds = (halves &* 10_486) >> 20 & 0x0000_007F_0000_007F
        let quarters = hundreds | (halves &- 100 &* hundreds) << 16
        let tens = (quarters &* 103) >> 10 & 0x000F_000F_000F_000F
        return tens | (quarters &- 10 &* tens) << 8
    }

    /// 1 to 9 for numbers from 1 to 999 999 999.
    @inline(__always)
    private func digitCount(_ number: UInt32) -> Int {
        // log10 2 is 1233 / 4096, nearly; the guess is right or one too small.
        let guess = ((32 &- number.leadingZeroBitCount) &* 1233) >> 12
        return guess &+ (UInt64(number) >= (unsafe powers[min(guess, 8)]) ? 1 : 0)
    }
}
