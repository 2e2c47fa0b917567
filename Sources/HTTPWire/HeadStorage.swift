import HTTPTypes

/// What a head refers to: its octets, where its parts stand in them, and what was concluded from them. Strings are made
/// only when asked for.
///
/// The reader of its connection alone writes it, and only while nobody else holds it; from then on it is read. So a
/// kept-alive request allocates nothing: the reader takes it for the next head once whoever answered the last one has
/// let go of it. That is also why no access to its properties needs to be checked at run time.
@safe final class HeadStorage: @unchecked Sendable {
    struct FieldPlace {
        var kind: KnownField
        var name: Range<Int>
        var value: Range<Int>
    }

    @safe @exclusivity(unchecked) private(set) var octets: [UInt8] = []
    @safe @exclusivity(unchecked) private(set) var places: [FieldPlace] = []
    /// The kinds of `places`, one bit each.
    @safe @exclusivity(unchecked) private var kinds: UInt32 = 0
    /// Those of which there are several.
    @safe @exclusivity(unchecked) private var repeatedKinds: UInt32 = 0
    @safe @exclusivity(unchecked) var path: Range<Int> = 0..<0
    @safe @exclusivity(unchecked) var query: Range<Int>?
    @safe @exclusivity(unchecked) var authority: Range<Int>?

    @safe @exclusivity(unchecked) var method = HTTPRequest.Method.get
    @safe @exclusivity(unchecked) var minorVersion = 1
    @safe @exclusivity(unchecked) var framing = BodyFraming.none
    @safe @exclusivity(unchecked) var expectsContinue = false
    @safe @exclusivity(unchecked) var keepsAlive = true

    /// The head is complete and sound: what it says is said by these octets alone.
    @safe @exclusivity(unchecked) var isComplete = false
    /// What whoever answers has concluded from it.
    @safe @exclusivity(unchecked) var conclusions: (any AnyObject & Sendable)?

    /// Past this a storage is not kept for the next head: one large head must not weigh on an idle connection.
    private static let keptCapacity = 4096

    var isWorthKeeping: Bool { octets.capacity <= Self.keptCapacity }

    func removeAll() {
        octets.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        kinds = 0
        repeatedKinds = 0
        path = 0..<0
        query = nil
        authority = nil
        isComplete = false
        conclusions = nil
    }

    func contains(_ kind: KnownField) -> Bool { kinds & kind.mask != 0 }

    func repeats(_ kind: KnownField) -> Bool { repeatedKinds & kind.mask != 0 }

    /// Keeps a whole line with its end; what stood at a place in it now stands at that place plus the number returned.
    func append(_ line: Span<UInt8>) -> Int {
        if octets.capacity == 0 {
            octets.reserveCapacity(512)
            places.reserveCapacity(16)
        }
        let start = octets.count
        unsafe line.withUnsafeBufferPointer { unsafe octets.append(contentsOf: $0) }
        return start
    }

    func appendField(_ field: FieldLine, of line: Span<UInt8>) {
        let start = append(line)
        let kind = field.kind
        repeatedKinds |= kinds & kind.mask
        kinds |= kind.mask
        places.append(
            FieldPlace(kind: kind, name: field.name.shifted(by: start), value: field.value.shifted(by: start))
        )
    }

    @inline(__always)
    func withOctets<Result>(_ range: Range<Int>, _ read: (Span<UInt8>) -> Result) -> Result {
        unsafe octets.withUnsafeBufferPointer { unsafe read($0.span.extracting(range)) }
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
