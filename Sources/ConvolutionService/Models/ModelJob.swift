import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import ModelStore
import TensorCoding

/// `POST /v1/models/{name}/forward`
struct ModelJob: Job {
    private var timings = Timings()
    private let request: ModelRequest
    private let model: RequestedModel

    init(
        decoding sent: [UInt8],
        _ context: borrowing RequestContext,
        _ watch: inout Stopwatch
    ) throws(Problem) {
        guard case .model(.forward(let name)) = context.route else {
            throw Problem(.notFound, "There is no model here.")
        }
        model = try RequestedModel(ModelName(checking: name), in: context.service.models)
        let body = try context.document(in: sent)
        do throws(CodingError) {
            request = try ModelRequest(context, body: body.span.bytes)
        } catch {
            throw Problem(error)
        }
        timings.parse = watch.lap()
    }

    var isSmall: Bool { model.isSmall(for: request.input.shape) { results(of: $0).planned } }

    var nanoseconds: Int { model.nanoseconds(for: request.input.shape, each: 25) }

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
            let (plan, results) = try plan(context.service.models)
            guard let result = context.run(plan, request.input, pending, &timings, &watch) else {
                return context.surrender(pending)
            }
            let content = AnswerContent(
                results.chosen(from: result),
                plan: plan,
                in: context.terms.negotiation.form,
                encoding: request.encoding,
                isNetwork: true,
                &memory
            )
            return context.answer(content, timings, watch, &memory)
        } catch {
            return context.answer(error)
        }
    }

    private func plan(_ models: ModelStore) throws(Problem) -> (Plan, ModelResults) {
        let plan: Plan
        let results: ModelResults
        do throws(ModelError) {
            let model = try model.loaded(by: models)
            results = self.results(of: model)
            plan = try models.plan(model, input: request.input.shape, outputs: results.planned)
        } catch {
            var problem = Problem(error)
            switch error {
            case .inputShape: problem.pointer = "/input"
            // The layers are the model's own; what the request says is the input.
            case .layers(let fault, _) where fault.layer != nil: problem.pointer = "/input"
            default: break
            }
            throw problem
        }
        return (plan, results)
    }

    private func results(of model: Model) -> ModelResults {
        ModelResults(declared: model.outputNames, asked: request.outputs)
    }
}

/// Which of a model's results an answer has.
struct ModelResults {
    /// The layer whose result is `output`; `nil` for the last one.
    private let main: String?
    /// The others, in order.
    private let others: [String]

    init(declared: [String], asked: [String]?) {
        main = declared.first
        others = asked ?? Array(declared.dropFirst())
    }

    /// What the plan must give beside the last layer's result.
    var planned: [String] {
        guard let main, !others.contains(main) else { return others }
        return others + [main]
    }

    func chosen(from result: NetworkResult) -> NetworkResult {
        let others = result.named.filter { self.others.contains($0.name) }
        guard let main, let named = result.named.first(where: { $0.name == main }) else {
            return NetworkResult(output: result.output, indices: result.indices, named: others)
        }
        return NetworkResult(output: named.tensor, indices: named.indices, named: others)
    }
}

extension ModelRequest {
    fileprivate init(_ context: borrowing RequestContext, body: RawSpan) throws(CodingError) {
        switch context.terms.form {
        case .json: self = try ModelRequest.decode(body: body, team: context.service.engine.team)
        case .npy:
            let input = try NpyFile.tensor(body)
            let parameters = QueryParameters.json(query: context.head.query)
            self = try ModelRequest.decode(body: parameters.span.bytes, tensors: NamedTensors(input: input))
        case .safetensors:
            let (tensors, parameters) = try SafetensorsFile.read(body)
            let json = parameters ?? Array("{}".utf8)
            self = try ModelRequest.decode(body: json.span.bytes, tensors: tensors)
        }
    }
}
