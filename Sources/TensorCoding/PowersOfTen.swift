/// 10^exponent as the nearest double, for the exponents by which a significand of one to nineteen digits can become
/// a finite float32 other than zero.
enum PowersOfTen {
    /// Below, even 9999999999999999999 · 10^-65 is less than half the smallest subnormal, 7 · 10^-46; above, even
    /// 1 · 10^39 is more than the largest float32.
    static let exponents = -64...38

    /// Owned for the life of the process, so that a loop may hold the pointer.
    nonisolated(unsafe) static let doubles: UnsafePointer<Double> = {
        let table = UnsafeMutablePointer<Double>.allocate(capacity: exponents.count)
        for exponent in exponents {
            // The standard library's conversion rounds correctly.
            unsafe (table + exponent - exponents.lowerBound).initialize(to: Double("1e\(exponent)") ?? .nan)
        }
        return unsafe UnsafePointer(table)
    }()
}
