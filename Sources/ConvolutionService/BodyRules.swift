import Compression
import HTTPTypes
import HTTPWire

/// What a body must be before it is worth reading.
enum BodyRules {
    /// 411, 415 and 422: the answers that need no more than the head.
    static func check(_ head: RequestHead) throws(Problem) {
        if let query = head.query, !query.isEmpty {
            throw Problem(
                .unprocessableContent,
                "\(head.path) takes its parameters from the body, but the address says \"?\(query)\"."
            )
        }
        if head.framing == .none, head.fields.first(.contentLength) == nil {
            throw Problem(
                .lengthRequired,
                "The request has no body: send Content-Length or Transfer-Encoding: chunked."
            )
        }
        _ = try contentCodings(head)
        guard let value = head.fields.first(.contentType), value != "application/json" else { return }
        guard let type = MediaType(value), acceptedTypes.contains(type.essence) else {
            throw unsupported("Content-Type \"\(value)\" is not understood; send application/json.")
        }
        if let charset = type.charset, charset != "utf-8", charset != "us-ascii" {
            throw unsupported("JSON is UTF-8 (RFC 8259); charset \"\(charset)\" is not understood.")
        }
    }

    /// The codings to undo, last applied first undone.
    static func contentCodings(_ head: RequestHead) throws(Problem) -> [ContentCoding] {
        let values = head.fields.all(.contentEncoding)
        guard !values.isEmpty else { return [] }
        guard let codings = ContentCoding.parse(contentEncoding: values) else {
            throw Problem(
                .unsupportedMediaType,
                "Content-Encoding \"\(values.joined(separator: ", "))\" is not understood; gzip and deflate are.",
                fields: [HTTPField(name: .acceptEncoding, value: "gzip, deflate")]
            )
        }
        return codings.filter { $0 != .identity }
    }

    /// `curl -d` labels its body as a form: it is taken for JSON when it starts like a JSON object.
    static func checkStart(_ body: [UInt8], head: RequestHead) throws(Problem) {
        guard let value = head.fields.first(.contentType), value != "application/json",
            MediaType(value)?.essence == formType
        else { return }
        let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard first == UInt8(ascii: "{") else {
            throw unsupported(
                "The body is labelled \(formType) and does not start with \"{\"; send JSON with Content-Type: application/json."
            )
        }
    }

    private static let formType = "application/x-www-form-urlencoded"
    private static let acceptedTypes: Set<String> = ["application/json", formType]

    private static func unsupported(_ detail: String) -> Problem { Problem(.unsupportedMediaType, detail) }
}
