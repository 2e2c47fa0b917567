package import HTTPTypes

/// Request line, fields and what follows from them (RFC 9112 sections 3, 5 and 6). A reference: handing it on costs
/// next to nothing.
package struct RequestHead: Sendable {
    private let storage: HeadStorage

    init(_ storage: HeadStorage) {
        self.storage = storage
    }

    package var method: HTTPRequest.Method { storage.method }

    /// 0 or 1 of HTTP/1.x; a higher digit counts as 1 (RFC 9110 section 2.5).
    package var minorVersion: Int { storage.minorVersion }

    /// What the head of its answer depends on.
    package var asked: ResponseEncoder.Asked {
        ResponseEncoder.Asked(isHead: storage.method == .head, minorVersion: storage.minorVersion)
    }

    package var framing: BodyFraming { storage.framing }

    package var hasBody: Bool { storage.framing != .none }

    /// The client waits for 100 before it sends the body (RFC 9110 section 10.1.1).
    package var expectsContinue: Bool { storage.expectsContinue }

    /// Whether the connection may serve another request after this one (RFC 9112 section 9.3).
    package var keepsAlive: Bool { storage.keepsAlive }

    /// All of it as received, to the end of the empty line.
    var octets: [UInt8] { storage.octets }

    /// What whoever answers requests has concluded from this head alone. It is kept for the next request that has the same
    /// head; set once, before the head is handed to another thread.
    package var conclusions: (any AnyObject & Sendable)? { storage.conclusions }

    package func keep(_ conclusions: any AnyObject & Sendable) {
        guard storage.conclusions == nil else { return }
        storage.conclusions = conclusions
    }

    /// As received, percent-encoding kept; an absolute-form target is reduced to its path, `*` stays.
    /// Made when asked for.
    package var path: String {
        let path = storage.text(storage.path)
        return path.isEmpty ? "/" : path
    }

    /// Looks something up by the octets of `path`, without making text of them.
    package func find(byPath find: (Span<UInt8>) -> Int?) -> Int? {
        let place = storage.path
        return place.isEmpty ? find(Self.root.span) : storage.withOctets(place, find)
    }

    private static let root = [ASCII.slash]

    /// What follows the first `?`, without it, as received.
    package var query: String? {
        storage.query.map { storage.text($0) }
    }

    /// Host and port that the request is for: an absolute-form target's, else the Host field's
    /// (RFC 9112 section 3.2.2). Nil where an HTTP/1.0 request names none.
    package var authority: String? {
        storage.authority.map { storage.text($0) }
    }

    /// All field lines, in order.
    package var fields: Fields { Fields(storage) }
}

/// Fields by kind: nothing is searched for what is not there.
extension RequestHead {
    package func contains(_ field: KnownField) -> Bool { storage.contains(field) }

    /// The value of the first field line of this kind.
    package subscript(field: KnownField) -> String? {
        guard let place = storage.first(field) else { return nil }
        return storage.text(place.value)
    }

    /// Whether there is a field of this kind and the first has exactly this value.
    package func first(_ field: KnownField, is value: StaticString) -> Bool {
        guard let place = storage.first(field) else { return false }
        return storage.withOctets(place.value) { $0.isSame(as: value) }
    }

    /// The same, and no other field is of this kind.
    package func only(_ field: KnownField, is value: StaticString) -> Bool {
        first(field, is: value) && !storage.repeats(field)
    }

    /// The values of all field lines of this kind, in order.
    package func all(_ field: KnownField) -> [String] {
        guard contains(field) else { return [] }
        return storage.places.filter { $0.kind == field }.map { storage.text($0.value) }
    }
}
