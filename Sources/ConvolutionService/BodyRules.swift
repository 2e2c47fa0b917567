import Compression
import HTTPTypes
import HTTPWire

/// What a body must be before it is worth reading.
enum BodyRules {
    /// 411, 415 and 422: the answers that need no more than the head.
    static func check(_ head: RequestHead, _ entry: Router.Entry) throws(Problem) {
        switch entry.route {
        case .model(.one(let name)): return try ModelUpload.check(head, name: name)
        case .inference: return try InferenceBody.check(head)
        default: break
        }
        try checkLength(head)
        _ = try contentCodings(head)
        // Only .npy has no place of its own for parameters.
        if try form(head, entry) != .npy, let query = head.query, !query.isEmpty {
            throw Problem(
                .unprocessableContent,
                "\(head.path) takes its parameters from the body, but the address says \"?\(query)\"."
            )
        }
    }

    static func checkLength(_ head: RequestHead) throws(Problem) {
        guard head.framing == .none, !head.contains(.contentLength) else { return }
        throw Problem(
            .lengthRequired,
            "The request has no body: send Content-Length or Transfer-Encoding: chunked."
        )
    }

    /// What the body says it is.
    private static func form(_ head: RequestHead, _ entry: Router.Entry) throws(Problem) -> BodyForm {
        guard !head.first(.contentType, is: "application/json"),
            let value = head[.contentType]
        else { return .json }
        let type = MediaType(value)
        if let form = type.flatMap({ BodyForm(rawValue: $0.essence) }), form != .json {
            guard !entry.isShapes else {
                throw unsupported("Shapes are asked for without tensors: send application/json, not \(value).")
            }
            return form
        }
        guard let type, type.essence == BodyForm.json.rawValue || type.essence == formType else {
            let forms = BodyForm.allCases.map(\.rawValue).joined(separator: ", ")
            throw unsupported(
                "Content-Type \"\(value)\" is not understood; send \(entry.isShapes ? BodyForm.json.rawValue : forms)."
            )
        }
        if let charset = type.charset, charset != "utf-8", charset != "us-ascii" {
            throw unsupported("JSON is UTF-8 (RFC 8259); charset \"\(charset)\" is not understood.")
        }
        return .json
    }

    /// The codings to undo, last applied first undone.
    static func contentCodings(_ head: RequestHead) throws(Problem) -> [ContentCoding] {
        guard head.contains(.contentEncoding) else { return [] }
        let values = head.all(.contentEncoding)
        guard let codings = ContentCoding.parse(contentEncoding: values) else {
            throw Problem(
                .unsupportedMediaType,
                "Content-Encoding \"\(values.joined(separator: ", "))\" is not understood; gzip and deflate are.",
                fields: [HTTPField(name: .acceptEncoding, value: "gzip, deflate")]
            )
        }
        return codings.filter { $0 != .identity }
    }

    /// `curl -d` labels its body as a form.
    static func isLabelledForm(_ head: RequestHead) -> Bool {
        guard !head.first(.contentType, is: "application/json"), let value = head[.contentType] else { return false }
        return MediaType(value)?.essence == formType
    }

    /// A body that is labelled so is taken for JSON when it starts like a JSON object.
    static func checkStart(_ body: [UInt8]) throws(Problem) {
        let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard first == UInt8(ascii: "{") else {
            throw unsupported(
                "The body is labelled \(formType) and does not start with \"{\"; send JSON with Content-Type: application/json."
            )
        }
    }

    static let formType = "application/x-www-form-urlencoded"

    private static func unsupported(_ detail: String) -> Problem { Problem(.unsupportedMediaType, detail) }
}
