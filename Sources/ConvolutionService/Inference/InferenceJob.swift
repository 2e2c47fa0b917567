import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import ModelStore
import TensorCoding

/// `POST /v2/models/{name}/infer`
struct InferenceJob: Job {
    private var timings = Timings()
    private let request: InferenceRequest
    private let model: RequestedModel

    init(
        decoding sent: [UInt8],
        _ context: borrowing RequestContext,
        _ watch: inout Stopwatch
    ) throws(Problem) {
        guard case .inference(.infer(let name, let version)) = context.route else {
            throw Problem(.notFound, "There is no model here.")
        }
        let store = context.service.models
        let summary = try InferenceModel.summary(name, version: version, in: store)
        model = try RequestedModel(summary.name, in: store)
        let body = try context.decompress(sent)
        request = try InferenceBody.request(body, context.head, summary, context.service.engine.team)
        timings.parse = watch.lap()
    }

    var isSmall: Bool { model.isSmall(for: request.input.shape) { $0.outputNames } }

    var nanoseconds: Int { model.nanoseconds(for: request.input.shape, each: 1) }

    func answer(
        _ context: borrowing RequestContext,
        after waited: Int64,
        _ pending: Pending?,
        _ watch: Stopwatch,
        _ memory: inout AnswerMemory
    ) -> Answer {
        var timings = timings
        timings.queue = waited
        var watch = watch
        do throws(Problem) {
            let (model, plan) = try plan(context.service.models)
            let asked = try outputs(of: model.summary)
            guard let result = context.run(plan, request.input, pending, &timings, &watch) else {
                return context.surrender(pending)
            }
            let outputs = asked.map { output in
                InferenceAnswer.Output(
                    name: output.name,
                    tensor: result.named.first { $0.name == output.name }?.tensor ?? result.output,
                    isBinary: output.isBinary ?? request.isBinary
                )
            }
            let answer = InferenceAnswer(
                id: request.id,
                model: model.summary.name.text,
                version: InferenceModel.version,
                outputs: outputs,
                postponingTensors: result.isLarge
            )
            return context.answer(AnswerContent(answer, of: result), timings, watch, &memory)
        } catch {
            return context.answer(error)
        }
    }

    private func plan(_ models: ModelStore) throws(Problem) -> (Model, Plan) {
        let model: Model
        let plan: Plan
        do throws(ModelError) {
            model = try self.model.loaded(by: models)
            guard request.inputName == nil || request.inputName == model.summary.input.name else {
                throw .unknownPort(request.inputName ?? "", side: .input, known: [model.summary.input.name])
            }
            plan = try models.plan(model, input: request.input.shape, outputs: model.outputNames)
        } catch {
            throw Problem(error)
        }
        return (model, plan)
    }

    /// The outputs asked for, each one of the model's.
    private func outputs(of summary: ModelSummary) throws(Problem) -> [InferenceRequest.Output] {
        guard let asked = request.outputs else {
            return summary.outputs.map { InferenceRequest.Output(name: $0.name, isBinary: nil) }
        }
        for output in asked where !summary.outputs.contains(where: { $0.name == output.name }) {
            throw Problem(ModelError.unknownPort(output.name, side: .output, known: summary.outputs.map(\.name)))
        }
        guard Set(asked.map(\.name)).count == asked.count else {
            throw Problem(.unprocessableContent, "An output is asked for twice.")
        }
        return asked
    }
}

/// Models as the protocol sees them.
enum InferenceModel {
    /// There is one version of each model, and its number is this.
    static let version = "1"
    static let platform = "convserve_layers"

    /// What is known of a model that can be used.
    static func summary(
        _ name: String,
        version: String?,
        in store: ModelStore
    ) throws(Problem) -> ModelSummary {
        let name = try ModelName(checking: name)
        guard let status = store.status(name) else { throw Problem(ModelError.notFound(name)) }
        guard version == nil || version == InferenceModel.version else {
            throw Problem(
                .notFound,
                "The model \"\(name)\" has no version \"\(version ?? "")\"; its one version is \"\(InferenceModel.version)\"."
            )
        }
        guard let summary = status.summary else {
            throw Problem(.serviceUnavailable, status.error?.sentence ?? "The model \"\(name)\" cannot be used.")
        }
        return summary
    }
}
