import HTTPServer
import HTTPTypes
import HTTPWire
import TensorCoding

/// How an error is told.
enum ErrorForm {
    /// RFC 9457
    case problem
    /// `{"error":"…"}`, as clients of the Open Inference Protocol expect it, never content-coded.
    case inference

    init(path: String) {
        self = path == "/v2" || path.hasPrefix("/v2/") ? .inference : .problem
    }
}

extension Problem {
    func response(requestID: String, as form: ErrorForm) -> Response {
        guard form == .inference else { return response(requestID: requestID) }
        var json = JSONWriter()
        json.beginObject()
        json.key("error")
        json.string(pointer.map { "\($0): \(detail)" } ?? detail)
        json.endObject()
        return Response(
            // The protocol knows no other status for what cannot be meant.
            status: status == .unprocessableContent ? .badRequest : status,
            fields: [
                HTTPField(name: .contentType, value: "application/json"),
                HTTPField(name: .cacheControl, value: "no-store"),
                HTTPField(name: .requestID, value: requestID),
            ] + fields,
            body: json.bytes
        )
    }
}
