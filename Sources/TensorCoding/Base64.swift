/// Base64 with the standard alphabet (RFC 4648 section 4), strict: padded, no white space, unused bits zero.
enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let invalid: UInt8 = 0xFF

    /// The six bits of each character, or `invalid`. Owned for the life of the process.
    nonisolated(unsafe) private static let values: UnsafePointer<UInt8> = {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        unsafe table.initialize(repeating: invalid, count: 256)
        for value in 0..<64 { unsafe table[Int(alphabet.utf8Start[value])] = UInt8(value) }
        return unsafe UnsafePointer(table)
    }()
}

// MARK: - Decoding

extension Base64 {
    /// How many octets the text stands for, if it is sound.
    static func decodedCount(_ text: RawSpan) throws(CodingError) -> Int {
        let count = text.byteCount
        guard count % 4 == 0 else { throw CodingError(.base64(.length(count))) }
        guard count > 0 else { return 0 }
        return count / 4 * 3 - padding(text)
    }

    /// Writes the octets that the text stands for; there must be room for exactly `decodedCount(_:)`.
    static func decode(
        _ text: RawSpan,
        into octets: UnsafeMutableRawBufferPointer
    ) throws(CodingError) {
        let values = unsafe values
        guard text.byteCount > 0 else { return }
        let padding = padding(text)
        precondition(octets.count == text.byteCount / 4 * 3 - padding, "room for another text")
        let whole = text.byteCount - (padding > 0 ? 4 : 0)
        var written = 0
        for offset in stride(from: 0, to: whole, by: 4) {
            let first = unsafe values[Int(text.octet(at: offset))]
            let second = unsafe values[Int(text.octet(at: offset + 1))]
            let third = unsafe values[Int(text.octet(at: offset + 2))]
            let fourth = unsafe values[Int(text.octet(at: offset + 3))]
            guard (first | second | third | fourth) < 64 else { throw badCharacter(text, offset..<offset + 4) }
            unsafe octets[written] = first << 2 | second >> 4
            unsafe octets[written + 1] = second << 4 | third >> 2
            unsafe octets[written + 2] = third << 6 | fourth
            written += 3
        }
        guard padding > 0 else { return }
        var bits: UInt32 = 0
        for offset in whole..<text.byteCount - padding {
            let value = unsafe values[Int(text.octet(at: offset))]
            guard value < 64 else { throw badCharacter(text, whole..<text.byteCount - padding) }
            bits = bits << 6 | UInt32(value)
        }
        let unused = UInt32(padding * 2)
        guard bits & (1 << unused - 1) == 0 else { throw CodingError(.base64(.trailingBits)) }
        bits >>= unused
        if padding == 1 {
            unsafe octets[written] = UInt8(truncatingIfNeeded: bits >> 8)
            written += 1
        }
        unsafe octets[written] = UInt8(truncatingIfNeeded: bits)
    }

    /// 0, 1 or 2 of the last characters.
    private static func padding(_ text: RawSpan) -> Int {
        let equals = UInt8(ascii: "=")
        guard text.octet(at: text.byteCount - 1) == equals else { return 0 }
        return text.octet(at: text.byteCount - 2) == equals ? 2 : 1
    }

    private static func badCharacter(_ text: RawSpan, _ range: Range<Int>) -> CodingError {
        for index in range where unsafe values[Int(text.octet(at: index))] == invalid {
            let byte = text.octet(at: index)
            return CodingError(.base64(byte == UInt8(ascii: "=") ? .padding : .character(byte, index: index)))
        }
        return CodingError(.base64(.padding))
    }
}

// MARK: - Encoding

extension Base64 {
    static func append(_ octets: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        text.reserveCapacity(text.count + (octets.count + 2) / 3 * 4)
        /// Whole groups of three, encoded here and then appended together.
        let chunk = 3 * 1024
        for start in stride(from: 0, to: octets.count, by: chunk) {
            let part = unsafe UnsafeRawBufferPointer(rebasing: octets[start..<min(start + chunk, octets.count)])
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunk / 3 * 4) { characters in
                let count = unsafe encode(part, into: characters)
                unsafe text.append(contentsOf: UnsafeBufferPointer(rebasing: characters[..<count]))
            }
        }
    }

    private static func encode(_ octets: UnsafeRawBufferPointer, into text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let alphabet = unsafe alphabet.utf8Start
        var written = 0
        for start in stride(from: 0, to: octets.count, by: 3) {
            let left = octets.count - start
            var bits = unsafe UInt32(octets[start]) << 16
            if left > 1 { unsafe bits |= UInt32(octets[start + 1]) << 8 }
            if left > 2 { unsafe bits |= UInt32(octets[start + 2]) }
            unsafe text[written] = alphabet[Int(bits >> 18)]
            unsafe text[written + 1] = alphabet[Int(bits >> 12 & 63)]
            unsafe text[written + 2] = left > 1 ? alphabet[Int(bits >> 6 & 63)] : UInt8(ascii: "=")
            unsafe text[written + 3] = left > 2 ? alphabet[Int(bits & 63)] : UInt8(ascii: "=")
            written += 4
        }
        return written
    }
}
