import HTTPTypes
import HTTPWire
import ModelStore
import TensorCoding

/// The body of `PUT /v1/models/{name}`: what a model is made of.
enum ModelUpload {
    /// The types that it may have.
    enum Form: String, CaseIterable {
        /// The description, with all weights in it.
        case json = "application/json"
        /// The parts `model` (JSON) and `weights` (safetensors).
        case multipart = "multipart/form-data"
        /// The weights, with the description in `__metadata__.parameters`.
        case safetensors = "application/vnd.safetensors"
    }

    /// 411, 415 and 422: the answers that need no more than the head.
    static func check(_ head: RequestHead, name: String) throws(Problem) {
        _ = try ModelName(checking: name)
        try BodyRules.checkLength(head)
        _ = try BodyRules.contentCodings(head)
        _ = try form(head)
        _ = try EntityTags.precondition(head)
        if let query = head.query, !query.isEmpty {
            throw Problem(
                .unprocessableContent,
                "A model takes no parameters from the address, which says \"?\(query)\"."
            )
        }
    }

    static func source(_ body: [UInt8], head: RequestHead) throws(Problem) -> ModelSource {
        let (form, type) = try form(head)
        if BodyRules.isLabelledForm(head) { try BodyRules.checkStart(body) }
        do throws(CodingError) {
            switch form {
            case .json: return ModelSource(json: body)
            case .safetensors:
                guard let json = try SafetensorsFile.parameters(body.span.bytes) else {
                    throw CodingError(.missing(parameter: "parameters", owner: "file's metadata"))
                }
                return ModelSource(json: json, weights: body)
            case .multipart:
                return try source(parts: MultipartForm.parts(body.span.bytes, boundary: type?.boundary ?? ""), of: body)
            }
        } catch {
            throw Problem(error)
        }
    }

    private static func source(
        parts: [(name: String, range: Range<Int>)],
        of body: [UInt8]
    ) throws(CodingError) -> ModelSource {
        var json: [UInt8]?
        var weights: [UInt8]?
        for (name, range) in parts {
            switch name {
            case "model": json = Array(body[range])
            case "weights": weights = Array(body[range])
            default:
                let allowed = ["model", "weights"]
                throw CodingError(.unknownParameter(name, owner: "form", nearest: nil, allowed: allowed))
            }
        }
        guard let json else { throw CodingError(.missing(parameter: "model", owner: "form")) }
        return ModelSource(json: json, weights: weights)
    }

    private static func form(_ head: RequestHead) throws(Problem) -> (Form, MediaType?) {
        guard let value = head[.contentType] else { return (.json, nil) }
        let type = MediaType(value)
        if type?.essence == BodyRules.formType { return (.json, nil) }
        guard let type, let form = Form(rawValue: type.essence) else {
            let forms = Form.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.unsupportedMediaType, "Content-Type \"\(value)\" is not understood; send \(forms).")
        }
        if form == .multipart, type.boundary == nil {
            throw Problem(.unsupportedMediaType, "Content-Type \"\(value)\" names no boundary.")
        }
        return (form, type)
    }
}
