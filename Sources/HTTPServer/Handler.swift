package import HTTPTypes
package import HTTPWire

/// What answers requests. The server calls it on the event loop of the request's connection, so each call must return
/// at once: work over some ten microseconds goes elsewhere and answers later through an `Exchange`.
package protocol Handler: AnyObject, Sendable {
    /// The head has arrived, the body not yet: decides whether the body is wanted (RFC 9110 section 10.1.1). Asked only
    /// where a body follows. `peer` is the client's address without the port.
    func admit(_ head: RequestHead, from peer: String) -> Admission

    /// The whole request has arrived.
    ///
    /// - Parameters:
    ///   - memory: For an answer that is returned.
    ///   - later: For an answer that takes longer: the request's exchange, to be asked for once at most, and to be answered
    ///     from any thread.
    /// - Returns: The answer where it is there already, which costs least; nil where it comes through the exchange.
    func handle(_ request: Request, _ memory: inout AnswerMemory, later: () -> Exchange) -> Response?

    /// The answer to what never became a request: a wire error, a time limit, a full server.
    func refusal(_ refusal: Refusal) -> Response
}

/// Whether a body is wanted.
package enum Admission: Sendable {
    /// Read the body, up to this many octets (never more than `Limits.body`).
    case accept(maximumBody: Int)
    /// Answer now; the body is drained within bounds or the connection closed.
    case refuse(Response)
}

/// A complete request.
package struct Request: Sendable {
    package let head: RequestHead
    /// As it came: still content-coded, no longer chunked.
    package var body: [UInt8]
    /// When the first octet of the head was read.
    package let receivedAt: Instant
    /// The client's address without the port, for logs.
    package let peer: String

    package init(head: RequestHead, body: [UInt8], receivedAt: Instant, peer: String) {
        self.head = head
        self.body = body
        self.receivedAt = receivedAt
        self.peer = peer
    }
}

/// An answer. The server adds `Date`, `Content-Length` or `Transfer-Encoding` and, where it closes, `Connection`.
package struct Response: Sendable {
    package var status: HTTPResponse.Status
    /// Fields that are ready to be sent; `fields` follow them.
    package var lines: FieldLines
    package var fields: [HTTPField]
    package var body: [UInt8]
    /// Makes the body while it is sent; `body` is empty then.
    package var stream: BodyStream?

    package init(
        status: HTTPResponse.Status,
        lines: FieldLines = FieldLines(),
        fields: [HTTPField] = [],
        body: [UInt8] = []
    ) {
        self.status = status
        self.lines = lines
        self.fields = fields
        self.body = body
    }

    package init(status: HTTPResponse.Status, fields: [HTTPField], stream: BodyStream) {
        self.init(status: status, fields: fields)
        self.stream = stream
    }
}

/// Why the server itself answers.
package enum Refusal: Sendable {
    /// The bytes are not an acceptable request.
    case wire(WireError)
    /// The client speaks HTTP to a port of HTTPS (400).
    case plainHTTP
    /// The head or body did not arrive in time (408), and which.
    case timeout(Phase)
    /// More connections or bytes in flight than the server may hold (503).
    case overloaded
    /// The server is stopping (503).
    case draining
    /// The handler let go of the exchange without an answer (500).
    case unanswered

    package enum Phase: String, Sendable { case head, body }
}
