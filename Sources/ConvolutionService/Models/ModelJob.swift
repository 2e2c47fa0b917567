import Compression
import ConvolutionEngine
import HTTPTypes
import HTTPWire
import ModelStore
import TensorCoding

/// `POST /v1/models/{name}/forward`
struct ModelJob: Job {
    let context: RequestContext
    private var timings = Timings()
    private let negotiation: Negotiation
    private let name: ModelName
    private let request: ModelRequest
    /// `nil` where it must be read from its folder first.
    private let model: Model?

    init(
        decoding sent: [UInt8],
        codings: [ContentCoding],
        negotiation: Negotiation,
        _ context: RequestContext,
        _ watch: Stopwatch
    ) throws(Problem) {
        guard case .model(.forward(let name)) = context.route else {
            throw Problem(.notFound, "There is no model here.")
        }
        var watch = watch
        self.name = try ModelName(checking: name)
        self.negotiation = negotiation
        do throws(ModelError) {
            model = try context.service.models.model(self.name)
        } catch {
            throw Problem(error)
        }
        let limit = context.service.configuration.decompressedBody(sent: sent.count)
        let body = try decompress(sent, codings, limit: limit)
        try BodyRules.checkStart(body, head: context.head)
        do throws(CodingError) {
            request = try ModelRequest(context, body: body.span.bytes)
        } catch {
            throw Problem(error)
        }
        timings.parse = watch.lap()
        self.context = context
    }

    /// Packing weights, and reading them, is for the compute queue.
    var isSmall: Bool {
        guard let model, model.hasPlan(input: request.input.shape, outputs: results(of: model).planned) else {
            return false
        }
        return model.summary.work(for: request.input.shape) <= ServiceConfiguration.inlineOperations
            && request.input.shape.elementCount <= ServiceConfiguration.inlineElements
    }

    var nanoseconds: Int {
        guard let model else { return .max }
        return model.summary.work(for: request.input.shape) / 8 + 25 * request.input.shape.elementCount
    }

    func answer(after waited: Duration, _ pending: Pending?) -> Answer {
        var timings = timings
        timings.queue = waited
        var watch = Stopwatch()
        let service = context.service
        do throws(Problem) {
            let (plan, results) = try plan(service)
            let result = service.engine.run(plan, input: request.input, isCancelled: pending?.question)
            timings.compute = watch.lap()
            service.metrics.computed(for: timings.compute)
            guard let result else { return context.surrender(pending) }
            plan.forEachAlgorithm(service.metrics.computed(layersBy:))
            let content = AnswerContent(
                results.chosen(from: result),
                plan: plan,
                in: negotiation.form,
                encoding: request.encoding,
                isNetwork: true
            )
            return context.answer(content, negotiation, timings, watch)
        } catch {
            return context.answer(error)
        }
    }

    private func plan(_ service: Service) throws(Problem) -> (Plan, ModelResults) {
        let plan: Plan
        let results: ModelResults
        do throws(ModelError) {
            let model = if let model { model } else { try service.models.load(name) }
            results = self.results(of: model)
            plan = try service.models.plan(model, input: request.input.shape, outputs: results.planned)
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
        var chosen = result
        if let main, let named = result.named.first(where: { $0.name == main }) {
            chosen.output = named.tensor
            chosen.indices = named.indices
        }
        chosen.named = result.named.filter { others.contains($0.name) }
        return chosen
    }
}

extension ModelRequest {
    fileprivate init(_ context: RequestContext, body: RawSpan) throws(CodingError) {
        switch BodyForm(request: context.head) {
        case .json: self = try ModelRequest.decode(body: body)
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

extension ModelSummary {
    /// About the multiply-accumulates for an input of this shape: as many for each element as the example has; saturates.
    func work(for input: Shape) -> Int {
        let (product, overflow) = multiplyAccumulates.multipliedReportingOverflow(by: input.elementCount)
        return overflow ? .max : max(product / max(exampleShape.elementCount, 1), input.elementCount)
    }
}
