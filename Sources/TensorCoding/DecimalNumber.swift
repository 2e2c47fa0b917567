/// A number as it is written, its grammar checked (RFC 8259 section 6).
///
/// Its magnitude is `significand` · 10^`exponent`, unless there are more than nineteen significant digits: then the
/// significand holds the first nineteen and the magnitude lies above by less than one unit of it.
struct DecimalNumber {
    /// Where it stands in the body.
    var range: Range<Int>
    var isNegative = false
    var significand: UInt64 = 0
    var exponent = 0
    /// Whether digits other than 0 follow the nineteenth.
    var isTruncated = false
}

extension JSONReader {
    /// Takes the number that starts here.
    mutating func number() throws(CodingError) -> DecimalNumber {
        let start = position
        var decimal = DecimalNumber(range: start..<start)
        var kept = 0
        // Places that the kept digits have to move left.
        var scale = 0
        if current == UInt8(ascii: "-") {
            decimal.isNegative = true
            position += 1
        }
        guard let first = digit() else { throw numberFault(.missingInteger, "a digit") }
        if first == 0, JSONReader.isDigit(peek(1)) { throw fault(.number(.leadingZero), at: position) }
        while let digit = digit() {
            if !decimal.keep(digit, &kept) { scale += 1 }
            position += 1
        }
        if current == UInt8(ascii: ".") {
            position += 1
            guard digit() != nil else { throw numberFault(.missingFraction, "a digit after the decimal point") }
            while let digit = digit() {
                if decimal.keep(digit, &kept) { scale -= 1 }
                position += 1
            }
        }
        if current | 0x20 == UInt8(ascii: "e") { scale += try exponent() }
        guard position - start <= CodingLimits.numberLength else {
            throw fault(.numberTooLong(limit: CodingLimits.numberLength), at: start)
        }
        decimal.exponent = scale
        decimal.range = start..<position
        return decimal
    }

    /// `e`, a sign perhaps, digits. Beyond a million the size no longer matters: no float reaches there.
    private mutating func exponent() throws(CodingError) -> Int {
        position += 1
        let isNegative = current == UInt8(ascii: "-")
        if isNegative || current == UInt8(ascii: "+") { position += 1 }
        guard digit() != nil else { throw numberFault(.missingExponent, "a digit of the exponent") }
        var value = 0
        while let digit = digit() {
            if value < 1_000_000 { value = value * 10 + Int(digit) }
            position += 1
        }
        return isNegative ? -value : value
    }

    private func digit() -> UInt8? {
        let value = current &- UInt8(ascii: "0")
        return value <= 9 ? value : nil
    }

    private func peek(_ distance: Int) -> UInt8 {
        guard position + distance < bytes.byteCount else { return 0 }
        return bytes.octet(at: position + distance)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }

    private func numberFault(_ number: CodingError.NumberFault, _ expected: String) -> CodingError {
        position < bytes.byteCount
            ? fault(.number(number), at: position) : fault(.endOfBody(expected: expected), at: position)
    }
}

extension DecimalNumber {
    /// Room for the decimal digits of a `UInt64`, whatever they are.
    static let maximumDigits = 19

    /// Takes one more digit; false when it is beyond what the significand holds.
    fileprivate mutating func keep(_ digit: UInt8, _ kept: inout Int) -> Bool {
        guard kept < DecimalNumber.maximumDigits else {
            if digit != 0 { isTruncated = true }
            return false
        }
        significand = significand * 10 + UInt64(digit)
        // Leading zeros take no room.
        if significand != 0 { kept += 1 }
        return true
    }
}

// MARK: - Integers and doubles

extension DecimalNumber {
    /// What an integer parameter gets from a number. `2`, `2.0` and `20e-1` are the same integer.
    enum IntegerReading {
        case exactly(Int64)
        case fractional
        /// Beyond `Int64`.
        case outOfRange
    }

    var integer: IntegerReading {
        guard significand != 0 else { return .exactly(0) }
        // A digit other than 0 was dropped: at the nineteenth place or later of an integer, or of a fraction.
        if isTruncated { return exponent > 0 ? .outOfRange : .fractional }
        var magnitude = significand
        var rest = exponent
        while rest < 0 {
            guard magnitude % 10 == 0 else { return .fractional }
            magnitude /= 10
            rest += 1
        }
        while rest > 0 {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            guard !overflow else { return .outOfRange }
            magnitude = product
            rest -= 1
        }
        let value = isNegative ? -Int128(magnitude) : Int128(magnitude)
        return Int64(exactly: value).map(IntegerReading.exactly) ?? .outOfRange
    }
}

extension JSONReader {
    /// The number as text, cut to what a message can show.
    func text(_ decimal: DecimalNumber) -> String {
        let shown = decimal.range.lowerBound..<min(decimal.range.upperBound, decimal.range.lowerBound + 40)
        let text = String(decoding: bytes.octets(in: shown), as: UTF8.self)
        return shown == decimal.range ? text : text + "…"
    }

    /// The nearest double, `nil` when there is none. For parameters, of which there are few.
    func double(_ decimal: DecimalNumber) -> Double? {
        let text = String(decoding: bytes.octets(in: decimal.range), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }
}
