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
    var path: Range<Int> = 0..<0
    var query: Range<Int>?
    var authority: Range<Int>?

    /// Past this a storage is not kept for the next head: one large head must not weigh on an idle connection.
    private static let keptCapacity = 4096

    var isWorthKeeping: Bool { octets.capacity <= Self.keptCapacity }

    mutating func removeAll() {
        octets.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        path = 0..<0
        query = nil
        authority = nil
    }

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
        let name = field.name.shifted(by: start)
        places.append(FieldPlace(kind: FieldKind(self, name), name: name, value: field.value.shifted(by: start)))
    }

    /// UTF-8 where it is, else octet by octet as ISO 8859-1, so that no two values ever become the same text.
    func text(_ range: Range<Int>) -> String {
        String(validating: octets[range], as: UTF8.self)
            ?? octets[range].reduce(into: "") { $0.unicodeScalars.append(Unicode.Scalar($1)) }
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
enum FieldKind {
    case host, contentLength, transferEncoding, connection, expect, other

    init(_ storage: HeadStorage, _ name: Range<Int>) {
        switch name.count {
        case 4 where storage.matches(name, lowercased: "host"): self = .host
        case 6 where storage.matches(name, lowercased: "expect"): self = .expect
        case 10 where storage.matches(name, lowercased: "connection"): self = .connection
        case 14 where storage.matches(name, lowercased: "content-length"): self = .contentLength
        case 17 where storage.matches(name, lowercased: "transfer-encoding"): self = .transferEncoding
        default: self = .other
        }
    }
}
