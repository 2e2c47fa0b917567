package import HTTPServer
package import HTTPTypes
import TensorCoding

/// An answer that says what went wrong (RFC 9457, `application/problem+json`): the one place where an error becomes a
/// status and a sentence.
package struct Problem: Error, Sendable {
    package var status: HTTPResponse.Status
    /// What was found, what was expected and, where it is known, the mend.
    package var detail: String
    /// A JSON pointer (RFC 6901) to the field to blame.
    package var pointer: String?
    /// What the status itself demands beside the body: `Allow`, `Retry-After`, `Accept-Encoding`.
    package var fields: [HTTPField]

    package init(
        _ status: HTTPResponse.Status,
        _ detail: String,
        pointer: String? = nil,
        fields: [HTTPField] = []
    ) {
        self.status = status
        self.detail = detail
        self.pointer = pointer
        self.fields = fields
    }

    /// The answer; never content-coded, never cached.
    package func response(requestID: String) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.key("type")
        json.string("about:blank")
        json.key("title")
        json.string(status.reasonPhrase)
        json.key("status")
        json.integer(status.code)
        json.key("detail")
        json.string(detail)
        if let pointer {
            json.key("pointer")
            json.string(pointer)
        }
        json.key("request_id")
        json.string(requestID)
        json.endObject()
        return Response(
            status: status,
            fields: [
                HTTPField(name: .contentType, value: "application/problem+json"),
                HTTPField(name: .cacheControl, value: "no-store"),
                HTTPField(name: .requestID, value: requestID),
            ] + fields,
            body: json.bytes
        )
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name.known("X-Request-Id")
    /// The extents of the one tensor in the body, outermost first: `1,16,222,222`.
    static let tensorShape = HTTPField.Name.known("X-Tensor-Shape")

    /// A name from this source text: one that is no token is a mistake of ours, seen by the first test that runs.
    static func known(_ name: String) -> HTTPField.Name {
        guard let known = HTTPField.Name(name) else { preconditionFailure("\(name) is not a field name") }
        return known
    }
}
