/// The octets of one head and where its parts stand in them. Strings are made from it only when asked for, and the
/// connection uses it again for the next head once nobody else holds it: a kept-alive request allocates nothing.
///
/// Written only by its `HeadReader`, and only while that holds the sole reference; read from anywhere after that.
final class HeadStorage: @unchecked Sendable {
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

    init() {
        octets.reserveCapacity(512)
        places.reserveCapacity(16)
    }

    var isWorthKeeping: Bool { octets.capacity <= Self.keptCapacity }

    func removeAll() {
        octets.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        path = 0..<0
        query = nil
        authority = nil
    }

    func append(_ range: Range<Int>, of line: Span<UInt8>) -> Range<Int> {
        let start = octets.count
        unsafe line.extracting(range).withUnsafeBufferPointer { unsafe octets.append(contentsOf: $0) }
        return start..<octets.count
    }

    func appendField(name: Range<Int>, value: Range<Int>, of line: Span<UInt8>) {
        let kept = append(name, of: line)
        places.append(FieldPlace(kind: FieldKind(self, kept), name: kept, value: append(value, of: line)))
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
