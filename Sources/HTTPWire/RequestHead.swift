package import HTTPTypes

/// Request line, fields and what follows from them (RFC 9112 sections 3, 5 and 6). A reference: handing it on costs
/// next to nothing.
package struct RequestHead: Sendable {
    private let box: HeadBox

    init(_ box: HeadBox) {
        self.box = box
    }

    package var method: HTTPRequest.Method { box.method }

    /// 0 or 1 of HTTP/1.x; a higher digit counts as 1 (RFC 9110 section 2.5).
    package var minorVersion: Int { box.minorVersion }

    package var framing: BodyFraming { box.framing }

    /// The client waits for 100 before it sends the body (RFC 9110 section 10.1.1).
    package var expectsContinue: Bool { box.expectsContinue }

    /// Whether the connection may serve another request after this one (RFC 9112 section 9.3).
    package var keepsAlive: Bool { box.keepsAlive }

    /// As received, percent-encoding kept; an absolute-form target is reduced to its path, `*` stays.
    /// Made when asked for.
    package var path: String {
        let path = box.storage.text(box.storage.path)
        return path.isEmpty ? "/" : path
    }

    /// The octets of `path`, without making text of them.
    package func withPath<Result>(_ read: (Span<UInt8>) -> Result) -> Result {
        let place = box.storage.path
        return place.isEmpty ? read(Self.root.span) : box.storage.withOctets(place, read)
    }

    private static let root = [ASCII.slash]

    /// What follows the first `?`, without it, as received.
    package var query: String? {
        box.storage.query.map { box.storage.text($0) }
    }

    /// Host and port that the request is for: an absolute-form target's, else the Host field's
    /// (RFC 9112 section 3.2.2). Nil where an HTTP/1.0 request names none.
    package var authority: String? {
        box.storage.authority.map { box.storage.text($0) }
    }

    package var fields: Fields { Fields(box) }
}

/// What a head refers to. The reader of its connection alone writes it, and only while nobody else holds it; from then
/// on it is read. So a kept-alive request allocates nothing: the reader takes the box for the next head once whoever
/// answered the last one has let go of it.
@safe final class HeadBox: @unchecked Sendable {
    @safe @exclusivity(unchecked) var storage = HeadStorage()
    @safe @exclusivity(unchecked) var method = HTTPRequest.Method.get
    @safe @exclusivity(unchecked) var minorVersion = 1
    @safe @exclusivity(unchecked) var framing = BodyFraming.none
    @safe @exclusivity(unchecked) var expectsContinue = false
    @safe @exclusivity(unchecked) var keepsAlive = true
}
