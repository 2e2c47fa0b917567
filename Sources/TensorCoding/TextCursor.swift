import ConvolutionEngine

/// Writes text where room was made for it, without asking at each octet whether there is some.
///
/// Safe, because only `append(atMost:_:)` makes one, and looks afterwards at where it stands.
@safe struct TextCursor {
    /// Where the next octet goes; what is written from here on by other means is noted by `advance(by:)`.
    private(set) var next: UnsafeMutablePointer<UInt8>

    fileprivate init(_ start: UnsafeMutablePointer<UInt8>) {
        unsafe next = start
    }

    @inline(__always)
    mutating func advance(by count: Int) { unsafe next += count }

    @inline(__always)
    mutating func put(_ character: Unicode.Scalar) {
        unsafe next.pointee = UInt8(ascii: character)
        unsafe next += 1
    }

    @inline(__always)
    mutating func put(_ octets: UnsafeBufferPointer<UInt8>) {
        guard let start = octets.baseAddress else { return }
        unsafe next.update(from: start, count: octets.count)
        unsafe next += octets.count
    }

    @inline(__always)
    mutating func put(all text: StaticString) {
        unsafe put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// `[2,2]`, at most 21 octets an axis and 2.
    mutating func put(_ shape: Shape) {
        put("[")
        for axis in 0..<shape.rank {
            if axis > 0 { put(",") }
            put(shape[axis])
        }
        put("]")
    }

    /// At most 20 octets.
    mutating func put(_ number: Int) {
        if number < 0 { put("-") }
        var rest = number.magnitude
        guard rest > 9 else { return put(Unicode.Scalar(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest))) }
        // From behind, and then to where they belong.
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = digits.count
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        for index in first..<digits.count { put(Unicode.Scalar(digits[index])) }
    }
}

extension [UInt8] {
    /// Appends what `write` writes, at most `room` octets; as many may be overwritten.
    @inline(__always)
    mutating func append(atMost room: Int, _ write: (inout TextCursor) -> Void) {
        append(addingCapacity: room) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let start = buffer.baseAddress else { return }
                var cursor = unsafe TextCursor(start + initialized)
                write(&cursor)
                let end = unsafe cursor.next - start
                precondition(end <= buffer.count, "more text than there was room for")
                initialized = end
            }
        }
    }
}
