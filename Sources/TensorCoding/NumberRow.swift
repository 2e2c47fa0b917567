/// The loop that nearly every number of a large body goes through.
///
/// It knows common numbers and common spacing only, and gives everything else (strings, long or odd numbers, faults,
/// the last octets of the body) back to the careful reader, untouched.
extension JSONReader {
    enum RowStop {
        /// At the row's `]`.
        case closed
        /// As many as were asked for; at the next element.
        case full
        /// At an element, or something else, that the careful reader must look at.
        case careful
    }

    /// Reads elements from here on, at most `limit`, and says how many and why it stopped.
    mutating func numbers(into elements: UnsafeMutablePointer<Float>, limit: Int) -> (count: Int, stop: RowStop) {
        let bytes = bytes
        let powers = unsafe PowersOfTen.doubles - PowersOfTen.exponents.lowerBound
        let digitPowers = unsafe PowersOfTen.integers
        /// Where a number may start so that all loads below stay inside the body.
        let last = bytes.byteCount - CommonNumber.reach
        var count = 0
        while count < limit {
            guard position <= last, let number = unsafe CommonNumber(bytes, at: position, powers: digitPowers) else {
                return (count, .careful)
            }
            guard PowersOfTen.exponents.contains(number.exponent) else { return (count, .careful) }
            let double = Double(number.significand) * (unsafe powers[number.exponent])
            guard let float = DecimalToFloat.nearestNormal(double) ?? (number.significand == 0 ? 0 : nil) else {
                return (count, .careful)
            }
            var next = skippingWhitespace(from: number.end)
            guard next < bytes.byteCount else { return (count, .careful) }
            let isLast = bytes.octet(at: next) == UInt8(ascii: "]")
            guard isLast || bytes.octet(at: next) == UInt8(ascii: ",") else { return (count, .careful) }
            unsafe elements[count] = Float(bitPattern: float.bitPattern | number.sign)
            count += 1
            if isLast {
                position = next
                return (count, .closed)
            }
            next = skippingWhitespace(from: next + 1)
            position = next
        }
        return (count, .full)
    }

    @inline(__always)
    private func skippingWhitespace(from start: Int) -> Int {
        var offset = start
        while offset < bytes.byteCount, JSONReader.isWhitespace(bytes.octet(at: offset)) { offset += 1 }
        return offset
    }
}

/// A number of at most ten digits before the point and a significand below 2^63.
private struct CommonNumber {
    /// No load reaches further than this from the start.
    static let reach = 64

    /// The sign bit of a float32.
    let sign: UInt32
    let significand: Int64
    let exponent: Int
    /// The offset after it.
    let end: Int

    /// `nil` when the number is not common, or not a number. `powers` are 10^0 to 10^8.
    @inline(__always)
    init?(_ bytes: RawSpan, at start: Int, powers: UnsafePointer<UInt64>) {
        var next = start
        let isNegative = bytes.octet(at: next) == UInt8(ascii: "-")
        next += isNegative ? 1 : 0
        var significand = UInt64(bytes.octet(at: next) &- UInt8(ascii: "0"))
        guard significand <= 9 else { return nil }
        let lastInteger = significand == 0 ? next : next + 9
        next += 1
        while true {
            let digit = UInt64(bytes.octet(at: next) &- UInt8(ascii: "0"))
            if digit > 9 { break }
            guard next <= lastInteger else { return nil }
            significand = significand * 10 + digit
            next += 1
        }
        var exponent = 0
        if bytes.octet(at: next) == UInt8(ascii: ".") {
            next += 1
            let fraction = next
            var group = DigitGroup(bytes, at: next)
            // At most 18 digits with the ten before the point; further groups are checked.
            guard group.count > 0 else { return nil }
            significand = significand &* (unsafe powers[group.count]) &+ group.value
            next += group.count
            while group.count == 8 {
                group = DigitGroup(bytes, at: next)
                guard group.fits(after: significand), next < fraction + 24 else { return nil }
                significand = significand &* (unsafe powers[group.count]) &+ group.value
                next += group.count
            }
            exponent = fraction - next
        }
        if bytes.octet(at: next) | 0x20 == UInt8(ascii: "e") {
            next += 1
            let isDown = bytes.octet(at: next) == UInt8(ascii: "-")
            next += isDown || bytes.octet(at: next) == UInt8(ascii: "+") ? 1 : 0
            let digits = next
            var value = 0
            while next < digits + 4 {
                let digit = Int(bytes.octet(at: next) &- UInt8(ascii: "0"))
                if digit > 9 { break }
                value = value * 10 + digit
                next += 1
            }
            guard next > digits, next < digits + 4 else { return nil }
            exponent += isDown ? -value : value
        }
        sign = isNegative ? 1 << 31 : 0
        self.significand = Int64(bitPattern: significand)
        self.exponent = exponent
        end = next
    }
}

/// The digits at the start of eight octets, read together (Lemire and Mula's way, in
/// Number Parsing at a Gigabyte per Second, 2021).
private struct DigitGroup {
    /// 0 to 8
    let count: Int
    private let octets: UInt64

    @inline(__always)
    init(_ bytes: RawSpan, at offset: Int) {
        octets = bytes.eightOctets(at: offset)
        let high: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
        let zeros: UInt64 = 0x3030_3030_3030_3030
        // A lane is zero for '0'...'9': its high half is 3, and stays 3 when 6 is added. A carry reaches only lanes
        // after one that is no digit.
        let notDigits = ((octets & high) ^ zeros) | (((octets &+ 0x0606_0606_0606_0606) & high) ^ zeros)
        count = notDigits.trailingZeroBitCount / 8
    }

    /// Their value; there must be a digit. Shifting puts zeros before them.
    @inline(__always)
    var value: UInt64 {
        guard count > 0 else { return 0 }
        var lanes = (octets &<< UInt64(64 - 8 * count)) & 0x0F0F_0F0F_0F0F_0F0F
        lanes = (lanes &* (1 + 10 << 8)) &>> 8 & 0x00FF_00FF_00FF_00FF
        lanes = (lanes &* (1 + 100 << 16)) &>> 16 & 0x0000_FFFF_0000_FFFF
        return (lanes &* (1 + 10_000 << 32)) &>> 32
    }

    /// Whether the significand stays below 2^63 when these digits are appended to it. 10^count has at most
    /// ⌊(27 · count + 7) / 8⌋ bits.
    @inline(__always)
    func fits(after significand: UInt64) -> Bool {
        significand &>> UInt64(63 - (27 * count + 7) / 8) == 0
    }
}
