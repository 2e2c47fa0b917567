import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import ModelStore
import TensorCoding

extension Service {
    /// Answers the paths of the Open Inference Protocol.
    func answer(_ route: InferenceRoute, _ body: [UInt8], _ context: RequestContext) {
        switch route {
        case .infer: compute(InferenceJob.self, body, context)
        case .load(let name):
            move(name, "load", context) { store, name throws(ModelError) in _ = try store.load(name) }
        case .unload(let name):
            move(name, "unload", context) { store, name throws(ModelError) in try store.unload(name) }
        default: context.answerInference(route)
        }
    }

    /// Takes a model into memory or out of it, away from the event loop: weights may be read.
    private func move(
        _ name: String,
        _ verb: String,
        _ context: RequestContext,
        _ move: @escaping @Sendable (ModelStore, ModelName) throws(ModelError) -> Void
    ) {
        do throws(Problem) {
            let name = try ModelName(checking: name)
            try enqueue(context, in: .middle, bytes: 0) { [models] context in
                do throws(ModelError) {
                    try move(models, name)
                    context.answerInference { json in
                        json.key("name")
                        json.string(name.text)
                        json.key(verb)
                        json.bool(true)
                    }
                } catch {
                    context.answer(Problem(error))
                }
            }
        } catch {
            context.answer(error)
        }
    }
}

extension RequestContext {
    /// Answers the paths that compute nothing.
    fileprivate func answerInference(_ route: InferenceRoute) {
        do throws(Problem) {
            switch route {
            case .server: answerServer()
            case .live: answerHealth("live")
            case .ready:
                guard !service.isDraining else {
                    let retry = HTTPField(name: .retryAfter, value: "1")
                    throw Problem(.serviceUnavailable, "The server is stopping.", fields: [retry])
                }
                answerHealth("ready")
            case .models: answerInference { $0.inferenceModels(service.models.list) }
            case .model(let name, let version):
                let summary = try InferenceModel.summary(name, version: version, in: service.models)
                answerInference { $0.inferenceModel(summary) }
            case .modelReady(let name, let version):
                let summary = try InferenceModel.summary(name, version: version, in: service.models)
                answerInference { json in
                    json.key("name")
                    json.string(summary.name.text)
                    json.key("ready")
                    json.bool(true)
                }
            case .index:
                var json = JSONWriter()
                json.inferenceIndex(service.models.list)
                answerPlainly(json.bytes)
            case .infer, .load, .unload: throw Problem(.methodNotAllowed, "POST a body to \(head.path).")
            }
        } catch {
            answer(error)
        }
    }

    private func answerServer() {
        answerInference { json in
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

    private func answerHealth(_ key: String) {
        answerInference { json in
            json.key(key)
            json.bool(true)
        }
    }

    /// Sends an object with these members.
    fileprivate func answerInference(_ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.beginObject()
        members(&json)
        json.endObject()
        answerPlainly(json.bytes)
    }

    /// Sends JSON as it is: of what is compressed, clients of this protocol understand answers with tensors alone.
    private func answerPlainly(_ json: [UInt8]) {
        let fields = [
            HTTPField(name: .contentType, value: "application/json"),
            HTTPField(name: .cacheControl, value: "no-store"),
            HTTPField(name: .requestID, value: id),
        ]
        send(Response(status: .ok, fields: fields, body: json), timings: nil)
    }
}
