/// Octets held against a text of the source, eight at a time.
extension Span<UInt8> {
    /// The same octets.
    func isSame(as text: StaticString) -> Bool {
        isSame(as: text, foldingBy: 0)
    }

    /// The same name, ASCII case aside. The span is a token; the text is of small letters, digits and "-". Of these, no
    /// other octet of a token differs in the bit that tells capitals from small letters.
    func isSame(asName text: StaticString) -> Bool {
        isSame(as: text, foldingBy: 0x20)
    }

    /// Equal, ASCII case aside, whatever the octets are; `text` is given in small letters.
    func equals(_ text: StaticString) -> Bool {
        guard text.utf8CodeUnitCount == count else { return false }
        for index in indices where unsafe self[index].asciiLowercased != text.utf8Start[index] { return false }
        return true
    }

    @inline(__always)
    private func isSame(as text: StaticString, foldingBy bit: UInt8) -> Bool {
        guard text.utf8CodeUnitCount == count else { return false }
        let found = unsafe bytes
        let wanted = unsafe UnsafeRawPointer(text.utf8Start)
        let bits = UInt64(bit) &* 0x0101_0101_0101_0101
        var index = 0
        while index + 8 <= count {
            let word = unsafe found.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard unsafe word | bits == wanted.loadUnaligned(fromByteOffset: index, as: UInt64.self) else {
                return false
            }
            index += 8
        }
        while index < count {
            guard unsafe self[index] | bit == text.utf8Start[index] else { return false }
            index += 1
        }
        return true
    }
}
