import ConvolutionEngine
import HTTPServer
import HTTPTypes
import ModelStore
import TensorCoding

/// A model comes into memory, or goes; without a body, but not on the event loop, for files may be involved.
enum ModelChange {
    case remove(String)
    case load(String)
    case unload(String)

    init?(_ route: Route, _ method: HTTPRequest.Method) {
        switch (route, method) {
        case (.model(.one(let name)), .delete): self = .remove(name)
        case (.inference(.load(let name)), .post): self = .load(name)
        case (.inference(.unload(let name)), .post): self = .unload(name)
        default: return nil
        }
    }

    var name: String {
        switch self {
        case .remove(let name), .load(let name), .unload(let name): name
        }
    }
}

extension Service {
    func make(_ change: ModelChange, _ context: borrowing RequestContext, _ later: () -> Exchange) -> Response? {
        do throws(Problem) {
            let name = try ModelName(checking: change.name)
            let precondition = try EntityTags.precondition(context.head)
            enqueue(context, in: .middle, bytes: 0, later()) { [models] context, pending, _ in
                let answer: Answer
                do throws(ModelError) {
                    switch change {
                    case .remove:
                        try models.remove(name, if: precondition)
                        answer = context.nothing(.noContent, fields: [])
                    case .load:
                        _ = try models.load(name)
                        answer = context.moved(name, "load")
                    case .unload:
                        try models.unload(name)
                        answer = context.moved(name, "unload")
                    }
                } catch {
                    answer = context.answer(Problem(error))
                }
                context.give(answer, through: pending)
            }
            return nil
        } catch {
            return context.given(context.answer(error))
        }
    }
}
