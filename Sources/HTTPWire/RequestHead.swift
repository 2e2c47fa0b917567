package import HTTPTypes

/// Request line, fields and what follows from them (RFC 9112 sections 3, 5 and 6).
package struct RequestHead: Sendable {
    package let method: HTTPRequest.Method
    /// 0 or 1 of HTTP/1.x; a higher digit counts as 1 (RFC 9110 section 2.5).
    package let minorVersion: Int
    package let framing: BodyFraming
    /// The client waits for 100 before it sends the body (RFC 9110 section 10.1.1).
    package let expectsContinue: Bool
    /// Whether the connection may serve another request after this one (RFC 9112 section 9.3).
    package let keepsAlive: Bool
    private let storage: HeadStorage

    init(
        method: HTTPRequest.Method,
        minorVersion: Int,
        framing: BodyFraming,
        expectsContinue: Bool,
        keepsAlive: Bool,
        storage: HeadStorage
    ) {
        self.method = method
        self.minorVersion = minorVersion
        self.framing = framing
        self.expectsContinue = expectsContinue
        self.keepsAlive = keepsAlive
        self.storage = storage
    }

    /// As received, percent-encoding kept; an absolute-form target is reduced to its path, `*` stays.
    /// Made when asked for.
    package var path: String {
        let path = storage.text(storage.path)
        return path.isEmpty ? "/" : path
    }

    /// What follows the first `?`, without it, as received.
    package var query: String? {
        storage.query.map { storage.text($0) }
    }

    /// Host and port that the request is for: an absolute-form target's, else the Host field's
    /// (RFC 9112 section 3.2.2). Nil where an HTTP/1.0 request names none.
    package var authority: String? {
        storage.authority.map { storage.text($0) }
    }

    package var fields: Fields { Fields(storage: storage) }
}
