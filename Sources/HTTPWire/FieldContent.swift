/// What a field's value may hold (RFC 9110 section 5.5), looked at eight octets at a time.
extension UnsafeRawBufferPointer {
    /// Whether no octet is a control character other than HTAB; a tab makes this look again, octet by octet.
    var isFieldContent: Bool {
        guard let start = baseAddress, count >= 8 else { return unsafe isFieldContentByOctets }
        var found: UInt64 = 0, index = 0
        while true {
            let word = unsafe start.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            found |= word.controlOctets
            guard index + 8 < count else { break }
            // The last ones together with some that have been looked at.
            index = Swift.min(index + 8, count - 8)
        }
        return unsafe found == 0 || isFieldContentByOctets
    }

    private var isFieldContentByOctets: Bool {
        for index in 0..<count where unsafe !self[index].isFieldContent { return false }
        return true
    }
}

extension UInt64 {
    /// Of its eight octets: zero only where none is below 0x20 or DEL (Anderson, Bit Twiddling Hacks, "Determine if a word
    /// has a byte less than n").
    var controlOctets: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // The constants stand apart: `&` and `&*` bind equally, so that written in one they would be grouped otherwise.
        let (spaces, ends, marks) = (ones &* 0x20, ones &* 0x7F, ones &* 0x80)
        let deletes = self ^ ends
        return ((self &- spaces) & ~self | (deletes &- ones) & ~deletes) & marks
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
