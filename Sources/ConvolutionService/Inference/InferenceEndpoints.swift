import HTTPServer
import HTTPTypes
import HTTPWire
import ModelStore
import TensorCoding

extension RequestContext {
    /// What the paths of the Open Inference Protocol say that compute nothing.
    func inference(_ route: InferenceRoute) -> Answer {
        do throws(Problem) {
            switch route {
            case .server: return server()
            case .live: return health("live")
            case .ready:
                guard !service.isDraining else {
                    let retry = HTTPField(name: .retryAfter, value: "1")
                    throw Problem(.serviceUnavailable, "The server is stopping.", fields: [retry])
                }
                return health("ready")
            case .models: return object { $0.inferenceModels(service.models.list) }
            case .model(let name, let version):
                let summary = try InferenceModel.summary(name, version: version, in: service.models)
                return object { $0.inferenceModel(summary) }
            case .modelReady(let name, let version):
                let summary = try InferenceModel.summary(name, version: version, in: service.models)
                return object { json in
                    json.key("name")
                    json.string(summary.name.text)
                    json.key("ready")
                    json.bool(true)
                }
            case .index:
                var json = JSONWriter()
                json.inferenceIndex(service.models.list)
                return plainly(json.bytes)
            case .infer, .load, .unload: throw Problem(.methodNotAllowed, "POST a body to \(head.path).")
            }
        } catch {
            return answer(error)
        }
    }

    private func server() -> Answer {
        object { json in
            json.key("name")
            json.string("convserve")
            json.key("version")
            json.string(service.configuration.version)
            json.key("extensions")
            json.beginArray()
            for name in ["binary_tensor_data", "model_repository", "parameters"] { json.string(name) }
            json.endArray()
        }
    }

    private func health(_ key: String) -> Answer {
        object { json in
            json.key(key)
            json.bool(true)
        }
    }

    /// What became of a model.
    func moved(_ name: ModelName, _ verb: String) -> Answer {
        object { json in
            json.key("name")
            json.string(name.text)
            json.key(verb)
            json.bool(true)
        }
    }

    /// An object with these members.
    private func object(_ members: (inout JSONWriter) -> Void) -> Answer {
        var json = JSONWriter()
        json.beginObject()
        members(&json)
        json.endObject()
        return plainly(json.bytes)
    }

    /// JSON as it is: of what is compressed, clients of this protocol understand answers with tensors alone.
    private func plainly(_ json: [UInt8]) -> Answer {
        let fields = [
            HTTPField(name: .contentType, value: "application/json"),
            HTTPField(name: .cacheControl, value: "no-store"),
            HTTPField(name: .requestID, value: id),
        ]
        return Answer(response: dressed(Response(status: .ok, fields: fields, body: json)))
    }
}
