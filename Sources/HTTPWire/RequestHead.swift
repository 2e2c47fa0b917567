package import HTTPTypes

/// Request line, fields and what follows from them (RFC 9112 sections 3, 5 and 6).
package struct RequestHead: Sendable {
    package let method: HTTPRequest.Method
    /// As received, percent-encoding kept; an absolute-form target is reduced to its path.
    package let path: String
    /// What follows the first `?`, without it.
    package let query: String?
    /// 0 or 1 of HTTP/1.x.
    package let minorVersion: Int
    package let fields: Fields
    package let framing: BodyFraming
    /// The client waits for 100 before it sends the body (RFC 9110 section 10.1.1).
    package let expectsContinue: Bool
    /// Whether the connection may serve another request after this one (RFC 9112 section 9.3).
    package let keepsAlive: Bool
}

/// How a body's end is found (RFC 9112 section 6.3).
package enum BodyFraming: Hashable, Sendable {
    case none
    case length(Int)
    case chunked
}

/// Field lines in the order received; names compare without case.
package struct Fields: Sendable {
    /// The value of the first field line of this name.
    package func first(_ name: HTTPField.Name) -> String? { nil }
    /// The values of all field lines of this name, in order.
    package func all(_ name: HTTPField.Name) -> [String] { [] }
}
