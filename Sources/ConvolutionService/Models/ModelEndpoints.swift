import HTTPServer
import HTTPTypes
import HTTPWire
import ModelStore
import TensorCoding

extension RequestContext {
    /// What the paths of models say that compute nothing.
    func models(_ route: ModelRoute) -> Answer {
        switch route {
        case .list:
            var json = JSONWriter()
            json.models(service.models.list)
            return answer(json.bytes, type: "application/json", fields: [.revalidate])
        case .one(let name): return model(name)
        case .forward: return answer(Problem(.methodNotAllowed, "POST a body to \(head.path)."))
        }
    }

    private func model(_ name: String) -> Answer {
        do throws(Problem) {
            let name = try ModelName(checking: name)
            guard let status = service.models.status(name) else { throw Problem(ModelError.notFound(name)) }
            var fields = [HTTPField.revalidate]
            if let tag = status.summary?.tag {
                fields.append(EntityTags.field(tag))
                if try EntityTags.isKnown(tag, to: head) { return nothing(.notModified, fields: fields) }
            }
            return answer(status, .ok, fields: fields)
        } catch {
            return answer(error)
        }
    }

    func answer(_ status: ModelStore.Status, _ code: HTTPResponse.Status, fields: [HTTPField]) -> Answer {
        var json = JSONWriter()
        json.model(status, listsLayers: true)
        return answer(json.bytes, type: "application/json", status: code, fields: fields)
    }

    /// An answer without a body.
    func nothing(_ status: HTTPResponse.Status, fields: [HTTPField]) -> Answer {
        let fields = fields + [HTTPField(name: .requestID, value: id)]
        return Answer(response: dressed(Response(status: status, fields: fields)))
    }
}

extension HTTPField {
    /// Models change: a cache asks each time.
    fileprivate static let revalidate = HTTPField(name: .cacheControl, value: "no-cache")
}
