/// The octets of one head and where its parts stand in them. Strings are made from it only when asked for.
///
/// A value like any other: the reader and the heads that it gave out share the arrays, and clearing them for the next
/// head uses their memory again once nobody else holds it. So a kept-alive request allocates nothing.
struct HeadStorage: Sendable {
    struct FieldPlace {
        var kind: FieldKind
        var name: Range<Int>
        var value: Range<Int>
    }

    private(set) var octets: [UInt8] = []
    private(set) var places: [FieldPlace] = []
    /// The kinds of `places`, one bit each.
    private var kinds: UInt8 = 0
    var path: Range<Int> = 0..<0
    var query: Range<Int>?
    var authority: Range<Int>?

    /// Past this a storage is not kept for the next head: one large head must not weigh on an idle connection.
    private static let keptCapacity = 4096

    var isWorthKeeping: Bool { octets.capacity <= Self.keptCapacity }

    mutating func removeAll() {
        octets.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        kinds = 0
        path = 0..<0
        query = nil
        authority = nil
    }

    func contains(_ kind: FieldKind) -> Bool { kinds & kind.mask != 0 }

    /// Keeps a whole line; what stood at a place in it now stands at that place plus the number returned.
    mutating func append(_ line: Span<UInt8>) -> Int {
        if octets.capacity == 0 {
            octets.reserveCapacity(512)
            places.reserveCapacity(16)
        }
        let start = octets.count
        unsafe line.withUnsafeBufferPointer { unsafe octets.append(contentsOf: $0) }
        return start
    }

    mutating func appendField(_ field: FieldLine, of line: Span<UInt8>) {
        let start = append(line)
        let kind = FieldKind(line.extracting(field.name))
        kinds |= kind.mask
        places.append(
            FieldPlace(kind: kind, name: field.name.shifted(by: start), value: field.value.shifted(by: start))
        )
    }

    /// UTF-8 where it is, else octet by octet as ISO 8859-1, so that no two values ever become the same text.
    func text(_ range: Range<Int>) -> String {
        let octets = octets[range]
        // Validation is generic code, and slow where nearly all text needs none.
        if octets.allSatisfy({ $0 < 0x80 }) { return String(decoding: octets, as: UTF8.self) }
        return String(validating: octets, as: UTF8.self)
            ?? octets.reduce(into: "") { $0.unicodeScalars.append(Unicode.Scalar($1)) }
    }

    /// Whether the octets are this text.
    func equals(_ range: Range<Int>, _ text: String) -> Bool {
        let text = text.utf8
        guard text.count == range.count else { return false }
        var index = range.lowerBound
        for octet in text {
            guard octets[index] == octet else { return false }
            index += 1
        }
        return true
    }

    /// Whether the octets are this name, ASCII case aside.
    func matches(_ range: Range<Int>, lowercased name: String) -> Bool {
        let name = name.utf8
        guard name.count == range.count else { return false }
        var index = range.lowerBound
        for octet in name {
            guard octets[index].asciiLowercased == octet else { return false }
            index += 1
        }
        return true
    }
}

extension Range<Int> {
    func shifted(by distance: Int) -> Range<Int> {
        lowerBound + distance..<upperBound + distance
    }
}

/// The fields that decide about the message itself; recognised once, when the line is read.
enum FieldKind: UInt8 {
    case host, contentLength, transferEncoding, connection, expect, other

    init(_ name: Span<UInt8>) {
        switch name.count {
        case 4 where name.equals("host"): self = .host
        case 6 where name.equals("expect"): self = .expect
        case 10 where name.equals("connection"): self = .connection
        case 14 where name.equals("content-length"): self = .contentLength
        case 17 where name.equals("transfer-encoding"): self = .transferEncoding
        default: self = .other
        }
    }

    var mask: UInt8 { 1 << rawValue }
}
