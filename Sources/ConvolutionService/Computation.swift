import Compression
import ConvolutionEngine
import HTTPServer
import HTTPTypes
import TensorCoding

extension Service {
    /// Bytes → layers and tensors → plan → result → answer. Small work stays on the calling loop; anything else moves to
    /// the compute queue as soon as that is known.
    func compute(_ body: [UInt8], _ context: RequestContext) {
        do throws(Problem) {
            try BodyRules.check(context.head)
            let negotiation = try Negotiation(context.head)
            let codings = try BodyRules.contentCodings(context.head)
            if codings.isEmpty, body.count <= ServiceConfiguration.inlineBody {
                let work = try Work(decoding: body, codings: [], negotiation: negotiation, context)
                if work.isSmall { return work.finish() }
                try enqueue(context) { context, waited in
                    var work = work
                    work.context.timings.queue = waited
                    work.finish()
                }
            } else {
                try enqueue(context) { context, waited in
                    var context = context
                    context.timings.queue = waited
                    do throws(Problem) {
                        try Work(decoding: body, codings: codings, negotiation: negotiation, context).finish()
                    } catch {
                        context.answer(error)
                    }
                }
            }
        } catch {
            context.answer(error)
        }
    }

    /// Runs `task` on the compute queue, with the time it waited. 503 when too many wait already.
    private func enqueue(
        _ context: RequestContext,
        _ task: @escaping @Sendable (RequestContext, Duration) -> Void
    ) throws(Problem) {
        let submitted = ContinuousClock.now
        let accepted = queue.submit {
            let waited = ContinuousClock.now - submitted
            if ContinuousClock.now > context.deadline { return context.answer(.timedOut) }
            task(context, waited)
        }
        metrics.queueDepth(queue.waiting)
        guard accepted else {
            throw Problem(
                .serviceUnavailable,
                "\(queue.capacity) requests wait already; try again in a second.",
                fields: [HTTPField(name: .retryAfter, value: "1")]
            )
        }
    }
}

/// A decoded and planned request.
private struct Work: Sendable {
    /// What is left to do once the plan stands.
    enum Task: Sendable {
        case run(NetworkRequest, Plan)
        case report([ShapeReport])
    }

    let task: Task
    let negotiation: Negotiation
    var context: RequestContext
    /// Time spent planning; the run's comes on top.
    private let planning: Duration

    init(
        decoding sent: [UInt8],
        codings: [ContentCoding],
        negotiation: Negotiation,
        _ context: RequestContext
    ) throws(Problem) {
        self.negotiation = negotiation
        var context = context
        var watch = Stopwatch()
        let service = context.service
        let limit = service.configuration.decompressedBody(sent: sent.count)
        let body = try decompress(sent, codings, limit: limit)
        try BodyRules.checkStart(body, head: context.head)
        do {
            if context.route == .shapes {
                let request = try ShapesRequest.decode(body: body.span.bytes)
                context.timings.parse = watch.lap()
                task = .report(try service.engine.shapes(request.network, input: request.inputShape))
            } else {
                let request = try NetworkRequest(route: context.route, body: body.span.bytes)
                context.timings.parse = watch.lap()
                let limits = service.configuration.plan
                let plan = try service.engine.plan(request.network, input: request.input.shape, limits: limits)
                try AnswerSize(plan.results, encoding: request.encoding)
                    .check(limit: limits.bytes, isNetwork: context.route == .forward)
                task = .run(request, plan)
            }
        } catch let problem as Problem {
            throw problem
        } catch let error as CodingError {
            throw Problem(error)
        } catch let error as EngineError {
            throw Problem(error, route: context.route)
        } catch {
            throw Problem(.internalServerError, "The request could not be read.")
        }
        planning = watch.lap()
        self.context = context
    }

    /// Whether the rest takes some tens of microseconds at most.
    var isSmall: Bool {
        guard case .run(_, let plan) = task else { return true }
        return plan.multiplyAccumulates <= ServiceConfiguration.inlineOperations
            && plan.layers.allSatisfy { $0.shape.elementCount <= ServiceConfiguration.inlineElements }
    }

    /// Computes and answers.
    func finish() {
        var context = context
        var watch = Stopwatch()
        var json = JSONWriter()
        switch task {
        case .report(let reports):
            context.timings.compute = planning
            json.shapes(reports)
        case .run(let request, let plan):
            let isCancelled: @Sendable () -> Bool = { [exchange = context.exchange, deadline = context.deadline] in
                exchange.isCancelled || ContinuousClock.now > deadline
            }
            let result = context.service.engine.run(plan, input: request.input, isCancelled: isCancelled)
            context.timings.compute = planning + watch.lap()
            guard let result else { return context.answer(.timedOut) }
            json.result(result, plan: plan, encoding: request.encoding, isNetwork: context.route == .forward)
        }
        let writing = watch.lap()
        context.answer(json: json.bytes, negotiation: negotiation, started: watch, writing: writing)
    }
}

/// What `/v1/{operation}` and `/v1/forward` have in common.
private struct NetworkRequest: Sendable {
    let input: Tensor
    let network: Network
    let encoding: TensorEncoding

    init(route: Route, body: RawSpan) throws(CodingError) {
        if case .operation(let name) = route {
            let request = try OperationRequest.decode(operation: name, body: body)
            input = request.input
            network = Network(layers: [request.layer])
            encoding = request.encoding
        } else {
            let request = try ForwardRequest.decode(body: body)
            input = request.input
            network = request.network
            encoding = request.encoding
        }
    }
}

/// Undoes the content codings; the limit holds for what comes out of each.
private func decompress(_ body: [UInt8], _ codings: [ContentCoding], limit: Int) throws(Problem) -> [UInt8] {
    var body = body
    for coding in codings.reversed() {
        var output: [UInt8] = []
        do throws(CompressionError) {
            var inflater = try Inflater(coding, limit: limit)
            try inflater.append(body.span.bytes, to: &output)
            try inflater.finish()
        } catch {
            throw Problem(error)
        }
        body = output
    }
    return body
}
