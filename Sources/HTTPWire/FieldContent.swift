/// What a field's value may hold (RFC 9110 section 5.5), looked at eight octets at a time.
extension UnsafeRawBufferPointer {
    /// Whether no octet is a control character other than HTAB. Words with a zero byte and with a byte below a number are
    /// told as in Anderson, Bit Twiddling Hacks; a tab makes this look again, octet by octet.
    var isFieldContent: Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = 0
        var isPlain = true
        while index + 8 <= count {
            let word = unsafe loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let deletes = word ^ (ones &* 0x7F)
            let found = (word &- ones &* 0x20) & ~word | (deletes &- ones) & ~deletes
            isPlain = isPlain && found & (ones &* 0x80) == 0
            index += 8
        }
        while index < count {
            isPlain = unsafe isPlain && self[index].isFieldContent
            index += 1
        }
        return unsafe isPlain || allSatisfy(\.isFieldContent)
    }
}

extension [UInt8] {
    /// Appends a text of the source.
    mutating func append(_ text: StaticString) {
        unsafe append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends text that can end neither a line nor a head: what is no field content becomes a space.
    mutating func appendFieldContent(_ text: some Collection<UInt8>) {
        let start = count
        append(contentsOf: text)
        makeFieldContent(start..<count)
    }

    /// The same with what stands there already.
    mutating func makeFieldContent(_ place: Range<Int>) {
        let isFine = unsafe withUnsafeBytes { octets in
            unsafe UnsafeRawBufferPointer(rebasing: octets[place]).isFieldContent
        }
        guard !isFine else { return }
        for index in place where !self[index].isFieldContent { self[index] = ASCII.space }
    }
}

/// Room that was made in an array.
extension OutputSpan<UInt8> {
    /// Appends a text of the source.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func append(_ text: StaticString) {
        unsafe append(copying: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount).span)
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func append(copying octets: Span<UInt8>) {
        precondition(octets.count <= freeCapacity, "more octets than there was room for")
        unsafe withUnsafeMutableBufferPointer { room, count in
            unsafe octets.withUnsafeBufferPointer { octets in
                guard let from = octets.baseAddress, let to = room.baseAddress else { return }
                unsafe (to + count).update(from: from, count: octets.count)
            }
            count += octets.count
        }
    }
}
