/// Reads one message of the protocol buffers' encoding, field by field, without copying what is long.
///
/// Strict and flat: groups are refused, a length must lie inside the message, and no call goes into a message inside; who
/// knows its field makes a reader for its range.
struct WireReader {
    /// One field of a message.
    struct Field {
        enum Value {
            case varint(UInt64)
            case fixed64(UInt64)
            case fixed32(UInt32)
            /// A string, octets, a message or packed numbers: where they stand in the file.
            case octets(Range<Int>)
        }

        let number: Int
        let value: Value
        /// Where the field begins in the file.
        let offset: Int
    }

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    /// A reader for the message that stands in `range`.
    init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a message outside the file")
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field; `nil` at the message's end.
    mutating func next() throws(ImportError) -> Field? {
        guard position < end else { return nil }
        let offset = position
        let key = try varint()
        let number = key >> 3
        guard number >= 1, number < 1 << 29 else { throw .encoding(.fieldNumber(number), offset: offset) }
        let value: Field.Value
        switch key & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try fixed(8))
        case 2:
            let start = position
            let count = try varint()
            guard count <= UInt64(end - position) else {
                throw .encoding(.cutOff(needed: count, found: end - position), offset: start)
            }
            value = .octets(position..<position + Int(count))
            position += Int(count)
        case 5: value = .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
        default: throw .encoding(.wireType(key & 7), offset: offset)
        }
        return Field(number: Int(number), value: value, offset: offset)
    }

    /// At most ten octets of seven bits, the lowest first.
    private mutating func varint() throws(ImportError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, through: 63, by: 7) {
            guard position < end else { throw .encoding(.cutOff(needed: 1, found: 0), offset: start) }
            let octet = UInt64(bytes[position])
            position += 1
            guard shift < 63 || octet <= 1 else { break }
            value |= (octet & 0x7f) << shift
            if octet < 0x80 { return value }
        }
        throw .encoding(.varint, offset: start)
    }

    /// Little-endian.
    private mutating func fixed(_ count: Int) throws(ImportError) -> UInt64 {
        guard end - position >= count else {
            throw .encoding(.cutOff(needed: UInt64(count), found: end - position), offset: position)
        }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += count
        return value
    }
}

// MARK: - What a field holds

extension WireReader {
    func octets(_ field: Field) throws(ImportError) -> Range<Int> {
        guard case .octets(let range) = field.value else { throw unexpected(field) }
        return range
    }

    func message(_ field: Field) throws(ImportError) -> WireReader {
        WireReader(bytes, in: try octets(field))
    }

    func text(_ field: Field) throws(ImportError) -> String {
        guard let text = String(validating: bytes[try octets(field)], as: UTF8.self) else {
            throw .encoding(.text, offset: field.offset)
        }
        return text
    }

    func integer(_ field: Field) throws(ImportError) -> Int64 {
        guard case .varint(let value) = field.value else { throw unexpected(field) }
        return Int64(bitPattern: value)
    }

    func float(_ field: Field) throws(ImportError) -> Float {
        guard case .fixed32(let bits) = field.value else { throw unexpected(field) }
        return Float(bitPattern: bits)
    }

    /// One number of a repeated field, or all of them packed.
    func append(_ field: Field, to numbers: inout [Int64]) throws(ImportError) {
        guard case .octets(let range) = field.value else { return numbers.append(try integer(field)) }
        var packed = WireReader(bytes, in: range)
        while packed.position < packed.end { numbers.append(Int64(bitPattern: try packed.varint())) }
    }

    func append(_ field: Field, to numbers: inout [Float]) throws(ImportError) {
        guard case .octets(let range) = field.value else { return numbers.append(try float(field)) }
        var packed = WireReader(bytes, in: range)
        while packed.position < packed.end {
            numbers.append(Float(bitPattern: UInt32(truncatingIfNeeded: try packed.fixed(4))))
        }
    }

    func append(_ field: Field, to numbers: inout [Double]) throws(ImportError) {
        switch field.value {
        case .fixed64(let bits): numbers.append(Double(bitPattern: bits))
        case .octets(let range):
            var packed = WireReader(bytes, in: range)
            while packed.position < packed.end { numbers.append(Double(bitPattern: try packed.fixed(8))) }
        default: throw unexpected(field)
        }
    }

    private func unexpected(_ field: Field) -> ImportError {
        .encoding(.fieldType(number: field.number), offset: field.offset)
    }
}
