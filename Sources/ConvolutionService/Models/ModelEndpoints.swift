import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import ModelStore
import TensorCoding

extension Service {
    /// Answers the paths of models.
    func answer(_ route: ModelRoute, _ body: [UInt8], _ context: RequestContext) {
        switch (route, context.head.method) {
        case (.list, _): context.answerModels()
        case (.one, .put): compute(UploadJob.self, body, context)
        case (.one(let name), .delete): remove(name, context)
        case (.one(let name), _): context.answerModel(name)
        case (.forward, _): compute(ModelJob.self, body, context)
        }
    }

    /// Away from the event loop: files may be involved.
    private func remove(_ name: String, _ context: RequestContext) {
        do throws(Problem) {
            let name = try ModelName(checking: name)
            let precondition = try EntityTags.precondition(context.head)
            try enqueue(context, in: .short, bytes: 0) { [models] context in
                do throws(ModelError) {
                    try models.remove(name, if: precondition)
                    let fields = [HTTPField(name: .requestID, value: context.id)]
                    context.send(Response(status: .noContent, fields: fields), timings: nil)
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
    fileprivate func answerModels() {
        var json = JSONWriter()
        json.models(service.models.list)
        answer(json.bytes, type: "application/json", fields: [.revalidate])
    }

    fileprivate func answerModel(_ name: String) {
        do throws(Problem) {
            let name = try ModelName(checking: name)
            guard let status = service.models.status(name) else { throw Problem(ModelError.notFound(name)) }
            var fields = [HTTPField.revalidate]
            if let tag = status.summary?.tag {
                fields.append(EntityTags.field(tag))
                if try EntityTags.isKnown(tag, to: head) {
                    fields.append(HTTPField(name: .requestID, value: id))
                    return send(Response(status: .notModified, fields: fields), timings: nil)
                }
            }
            answer(status, .ok, fields: fields)
        } catch {
            answer(error)
        }
    }

    func answer(_ status: ModelStore.Status, _ code: HTTPResponse.Status, fields: [HTTPField]) {
        var json = JSONWriter()
        json.model(status, listsLayers: true)
        answer(json.bytes, type: "application/json", status: code, fields: fields)
    }
}

extension HTTPField {
    /// Models change: a cache asks each time.
    fileprivate static let revalidate = HTTPField(name: .cacheControl, value: "no-cache")
}
