import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import TensorCoding

/// A decoded and planned request for an operation or a network.
struct NetworkJob: Job {
    private let plan: Plan
    private let input: Tensor
    private let encoding: TensorEncoding
    let isSmall: Bool
    /// Nanoseconds that it took to read it, and to plan it where it is not run at once.
    private let parse, planning: Int64

    @inline(__always)
    init(
        decoding sent: [UInt8],
        _ context: borrowing RequestContext,
        _ watch: inout Stopwatch
    ) throws(Problem) {
        // All of it is made before any of it is put into its place: a job that comes into being step by step, and may
        // fail at each, costs a copy.
        let request =
            context.terms.isPlain
            ? try NetworkJob.request(context, sent)
            : try NetworkJob.request(context, try context.document(in: sent))
        let parse = watch.lap()
        let plan = try NetworkJob.plan(request, context)
        let isSmall =
            plan.multiplyAccumulates <= ServiceConfiguration.inlineOperations
            && plan.largestLayer <= ServiceConfiguration.inlineElements
        // A small one goes on at once: one look at the clock will do for both.
        planning = isSmall ? 0 : watch.lap()
        self.plan = plan
        input = request.input
        encoding = request.encoding
        self.isSmall = isSmall
        self.parse = parse
    }

    private static func request(_ context: borrowing RequestContext, _ body: [UInt8]) throws(Problem) -> NetworkRequest
    {
        do throws(CodingError) {
            return try NetworkRequest(context, body: body.span.bytes)
        } catch {
            throw Problem(error)
        }
    }

    @inline(__always)
    private static func plan(_ request: NetworkRequest, _ context: borrowing RequestContext) throws(Problem) -> Plan {
        do throws(EngineError) {
            return try request.plan(by: context.service.engine, limits: context.service.configuration.plan)
        } catch {
            throw Problem(error, route: context.route)
        }
    }

    /// Eight multiply-accumulates a nanosecond; a number takes some to be computed otherwise, and more to be written.
    var nanoseconds: Int { plan.multiplyAccumulates / 8 + 2 * plan.elements + 25 * plan.outputShape.elementCount }

    @inline(__always)
    func answer(
        _ context: borrowing RequestContext,
        after waited: Int64,
        _ pending: Pending?,
        _ watch: Stopwatch,
        _ memory: inout AnswerMemory
    ) -> Answer {
        var timings = Timings(parse: parse, queue: waited, compute: planning)
        var watch = watch
        guard let result = context.run(plan, input, pending, &timings, &watch) else {
            return context.surrender(pending)
        }
        let content = AnswerContent(
            result,
            plan: plan,
            in: context.terms.negotiation.form,
            encoding: encoding,
            isNetwork: context.entry.isNetwork,
            &memory
        )
        return context.answer(content, timings, watch, &memory)
    }
}

/// What `/v1/{operation}` and `/v1/forward` have in common.
private struct NetworkRequest {
    private enum Work {
        case operation(Operation)
        case network(Network)
    }

    let input: Tensor
    let encoding: TensorEncoding
    private let work: Work

    init(_ context: borrowing RequestContext, body: RawSpan) throws(CodingError) {
        switch context.terms.form {
        case .json: try self.init(context, json: body, tensors: NamedTensors())
        case .npy:
            let input = try NpyFile.tensor(body)
            let parameters = QueryParameters.json(query: context.head.query)
            try self.init(context, json: parameters.span.bytes, tensors: NamedTensors(input: input))
        case .safetensors:
            let (tensors, parameters) = try SafetensorsFile.read(body)
            let json = parameters ?? Array("{}".utf8)
            try self.init(context, json: json.span.bytes, tensors: tensors)
        }
    }

    @inline(__always)
    private init(_ context: borrowing RequestContext, json: RawSpan, tensors: NamedTensors) throws(CodingError) {
        let team = json.byteCount < CodingLimits.readAlone ? nil : context.service.engine.team
        if let specification = context.entry.specification {
            let request = try OperationRequest.decode(specification, body: json, tensors: tensors, team: team)
            (input, encoding, work) = (request.input, request.encoding, .operation(request.operation))
        } else {
            let request = try ForwardRequest.decode(body: json, tensors: tensors, team: team)
            (input, encoding, work) = (request.input, request.encoding, .network(request.network))
        }
    }

    func plan(by engine: Engine, limits: PlanLimits) throws(EngineError) -> Plan {
        switch work {
        case .operation(let operation): try engine.plan(operation, input: input.shape, limits: limits)
        case .network(let network): try engine.plan(network, input: input.shape, limits: limits)
        }
    }
}
