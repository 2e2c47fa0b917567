import CTextKernels

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
        guard text.byteCount > 0 else { return }
        let padding = padding(text)
        precondition(octets.count == text.byteCount / 4 * 3 - padding, "room for another text")
        let whole = text.byteCount - (padding > 0 ? 4 : 0)
        let read = unsafe text.withUnsafeBytes { characters -> Int in
            guard let from = characters.baseAddress, let to = octets.baseAddress else { return 0 }
            return unsafe TextKernels.chosen.functions.decode_base64(
                from.assumingMemoryBound(to: UInt8.self),
                whole,
                to.assumingMemoryBound(to: UInt8.self)
            )
        }
        guard read == whole else { throw badCharacter(text, read..<read + 4) }
        var written = whole / 4 * 3
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
            let isPadding = byte == UInt8(ascii: "=")
            return CodingError(.base64(isPadding ? .padding(index: index) : .character(byte, index: index)))
        }
        return CodingError(.base64(.padding(index: range.lowerBound)))
    }
}

// MARK: - Encoding

extension Base64 {
    static func append(_ octets: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        text.reserveCapacity(text.count + (octets.count + 2) / 3 * 4)
        let whole = octets.count / 3 * 3
        text.append(addingCapacity: whole / 3 * 4) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let from = octets.baseAddress, let to = buffer.baseAddress else { return }
                unsafe TextKernels.chosen.functions.encode_base64(
                    from.assumingMemoryBound(to: UInt8.self),
                    whole,
                    to + initialized
                )
                initialized += whole / 3 * 4
            }
        }
        // One or two octets, padded.
        let rest = unsafe octets[whole...]
        guard let first = unsafe rest.first else { return }
        let alphabet = unsafe alphabet.utf8Start
        let second = unsafe rest.count > 1 ? rest[whole + 1] : 0
        text.append(unsafe alphabet[Int(first >> 2)])
        text.append(unsafe alphabet[Int(first << 4 & 63 | second >> 4)])
        text.append(unsafe rest.count > 1 ? alphabet[Int(second << 2 & 63)] : UInt8(ascii: "="))
        text.append(UInt8(ascii: "="))
    }
}
