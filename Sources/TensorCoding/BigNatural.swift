/// A whole number of any size, with just what comparing decimal with binary fractions needs.
struct BigNatural {
    /// Least significant first, the last one not zero.
    private var limbs: [UInt64]

    init(_ value: UInt64) {
        limbs = value == 0 ? [] : [value]
    }

    mutating func multiply(by factor: UInt64, adding addend: UInt64 = 0) {
        var carry = addend
        for index in limbs.indices {
            let (high, low) = limbs[index].multipliedFullWidth(by: factor)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            limbs[index] = sum
            carry = high + (overflow ? 1 : 0)
        }
        if carry != 0 { limbs.append(carry) }
    }

    mutating func multiplyByFive(times count: Int) {
        /// The largest power of five that a limb holds.
        let most = 27
        for _ in 0..<(count / most) { multiply(by: 7_450_580_596_923_828_125) }
        multiply(by: (0..<(count % most)).reduce(1) { power, _ in power * 5 })
    }

    mutating func shiftLeft(by bits: Int) {
        multiply(by: 1 << UInt64(bits % 64))
        if !limbs.isEmpty { limbs.insert(contentsOf: repeatElement(0, count: bits / 64), at: 0) }
    }

    /// Negative, zero or positive as this is less than, equal to or greater than the other.
    func compare(to other: BigNatural) -> Int {
        if limbs.count != other.limbs.count { return limbs.count < other.limbs.count ? -1 : 1 }
        for index in limbs.indices.reversed() where limbs[index] != other.limbs[index] {
            return limbs[index] < other.limbs[index] ? -1 : 1
        }
        return 0
    }
}
