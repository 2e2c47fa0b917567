/// The octets of one head and where its parts stand in them. Strings are made from it only when asked for.
struct HeadStorage: Sendable {
    struct FieldPlace {
        var kind: KnownField
        var name: Range<Int>
        var value: Range<Int>
    }

    private(set) var octets: [UInt8] = []
    private(set) var places: [FieldPlace] = []
    /// The kinds of `places`, one bit each.
    private var kinds: UInt32 = 0
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

    func contains(_ kind: KnownField) -> Bool { kinds & kind.mask != 0 }

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
        let kind = KnownField(line.extracting(field.name))
        kinds |= kind.mask
        places.append(
            FieldPlace(kind: kind, name: field.name.shifted(by: start), value: field.value.shifted(by: start))
        )
    }

    func withOctets<Result>(_ range: Range<Int>, _ read: (Span<UInt8>) -> Result) -> Result {
        read(octets.span.extracting(range))
    }

    /// UTF-8 where it is, else octet by octet as ISO 8859-1, so that no two values ever become the same text.
    func text(_ range: Range<Int>) -> String {
        let octets = octets[range]
        // Validation is generic code, and slow where nearly all text needs none.
        if octets.allSatisfy({ $0 < 0x80 }) { return String(decoding: octets, as: UTF8.self) }
        return String(validating: octets, as: UTF8.self)
            ?? octets.reduce(into: "") { $0.unicodeScalars.append(Unicode.Scalar($1)) }
    }

    /// Where the first field of this kind stands.
    func first(_ kind: KnownField) -> FieldPlace? {
        guard contains(kind) else { return nil }
        for index in places.indices where places[index].kind == kind { return places[index] }
        return nil
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
