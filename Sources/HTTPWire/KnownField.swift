/// The fields that decide about a message, or that a service asks for by name; recognised once, when the line is read.
package enum KnownField: UInt8, CaseIterable, Sendable {
    case host, contentLength, transferEncoding, connection, expect
    case accept, acceptEncoding, accessControlRequestMethod, authorization, contentEncoding, contentType, origin
    case requestID, requestTimeout, apiKey, traceParent
    /// Any other.
    case other

    /// Of a name, which is a token.
    init(_ name: Span<UInt8>) {
        switch name.count {
        case 4 where name.isSame(asName: "host"): self = .host
        case 6 where name.isSame(asName: "accept"): self = .accept
        case 6 where name.isSame(asName: "expect"): self = .expect
        case 6 where name.isSame(asName: "origin"): self = .origin
        case 9 where name.isSame(asName: "x-api-key"): self = .apiKey
        case 10 where name.isSame(asName: "connection"): self = .connection
        case 11 where name.isSame(asName: "traceparent"): self = .traceParent
        case 12 where name.isSame(asName: "content-type"): self = .contentType
        case 12 where name.isSame(asName: "x-request-id"): self = .requestID
        case 13 where name.isSame(asName: "authorization"): self = .authorization
        case 14 where name.isSame(asName: "content-length"): self = .contentLength
        case 15 where name.isSame(asName: "accept-encoding"): self = .acceptEncoding
        case 16 where name.isSame(asName: "content-encoding"): self = .contentEncoding
        case 17 where name.isSame(asName: "transfer-encoding"): self = .transferEncoding
        case 17 where name.isSame(asName: "x-request-timeout"): self = .requestTimeout
        case 29 where name.isSame(asName: "access-control-request-method"): self = .accessControlRequestMethod
        default: self = .other
        }
    }

    var mask: UInt32 { 1 << UInt32(rawValue) }
}
