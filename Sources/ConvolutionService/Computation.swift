import Compression
import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import Synchronization
import TensorCoding

/// A request whose body has been read, and what is left to do for it.
protocol Job: Sendable {
    /// Reads the body, undoing its codings.
    init(
        decoding sent: [UInt8],
        codings: [ContentCoding],
        negotiation: Negotiation,
        _ context: RequestContext
    ) throws(Problem)

    var context: RequestContext { get }
    /// Whether the rest takes some tens of microseconds at most.
    var isSmall: Bool { get }
    /// About how long the rest takes on one core.
    var nanoseconds: Int { get }
    /// Does the rest and answers, with what has become of the context since.
    func finish(_ context: RequestContext)
}

extension Service {
    /// Bytes → layers and tensors → plan → result → answer. Small work stays on the calling loop; anything else moves to
    /// the compute queue as soon as that is known.
    func compute<Work: Job>(_: Work.Type, _ body: [UInt8], _ context: RequestContext) {
        do throws(Problem) {
            guard ContinuousClock.now <= context.deadline else { return context.answer(.timedOut, reason: .timeLimit) }
            // With a body they were held against it before it was read.
            if context.head.framing == .none { try BodyRules.check(context.head, route: context.route) }
            let negotiation = try Negotiation(context.head, route: context.route)
            let codings = try BodyRules.contentCodings(context.head)
            if codings.isEmpty, body.count <= ServiceConfiguration.inlineBody {
                let work = try Work(decoding: body, codings: [], negotiation: negotiation, context)
                if work.isSmall { return work.finish(work.context) }
                let lane = ComputeLane(nanoseconds: work.nanoseconds)
                try enqueue(work.context, in: lane, bytes: body.count) { work.finish($0) }
            } else {
                let lane = ComputeLane(nanoseconds: decodingTime(body.count, isCoded: !codings.isEmpty))
                let held = HeldBody(body), bytes = body.count
                try enqueue(context, in: lane, bytes: bytes) { [self] context in
                    do throws(Problem) {
                        let work = try Work(decoding: held.take(), codings: codings, negotiation: negotiation, context)
                        let next = ComputeLane(nanoseconds: work.nanoseconds)
                        guard next.rawValue > lane.rawValue else { return work.finish(work.context) }
                        pass(work, to: next, bytes: bytes)
                    } catch {
                        context.answer(error)
                    }
                }
            }
        } catch {
            context.answer(error)
        }
    }

    /// Runs `task` on the compute queue, and answers 504 where the time limit passes before. 503 when too much waits
    /// already.
    func enqueue(
        _ context: RequestContext,
        in lane: ComputeLane,
        bytes: Int,
        _ task: @escaping @Sendable (RequestContext) -> Void
    ) throws(Problem) {
        let pending = Pending(exchange: context.exchange)
        var context = context
        context.pending = pending
        context.enqueuedAt = ContinuousClock.now
        let ticket = queue.submit(lane, bytes: bytes, isWanted: { !pending.isOver }) { [context] in
            context.begin(task)
        }
        guard let ticket else {
            metrics.refused(.queueFull)
            throw Problem(
                .serviceUnavailable,
                "As much waits to be computed as may wait; try again in a second.",
                fields: [HTTPField(name: .retryAfter, value: "1")]
            )
        }
        pending.place = ticket
        deadlines.add(pending, at: context.deadline) { [self, context] in
            context.answer(.timedOut, reason: .timeLimit)
            if let place = pending.place { queue.withdraw(place) }
        }
    }

    /// Goes on with decoded work among longer ones.
    private func pass(_ work: some Job, to lane: ComputeLane, bytes: Int) {
        guard let pending = work.context.pending else { return work.finish(work.context) }
        pending.place = queue.pass(to: lane, bytes: bytes, isWanted: { !pending.isOver }) {
            work.context.begin { work.finish($0) }
        }
        // The limit may have passed between two places.
        if pending.isOver, let place = pending.place { queue.withdraw(place) }
    }
}

/// Nanoseconds, at about 100 MB of JSON a second with planning; compressed bodies grow about tenfold.
private func decodingTime(_ count: Int, isCoded: Bool) -> Int { count * (isCoded ? 100 : 10) }

extension RequestContext {
    /// In its place of the queue: gives `task` the time it has waited, unless nobody waits for it any more.
    fileprivate func begin(_ task: (RequestContext) -> Void) {
        guard let pending, !pending.isOver else { return giveUp() }
        var context = self
        context.timings.queue += ContinuousClock.now - enqueuedAt
        task(context)
    }

    /// The answer that was to come is wanted no more. A client that has gone gets none; one whose time limit has passed
    /// has got it.
    func giveUp() {
        if exchange.isCancelled {
            answer(.clientGone, reason: .clientGone)
        } else {
            answer(.timedOut, reason: .timeLimit)
        }
    }
}

/// A body on its way to another thread, where nobody else holds it: its memory is free again once it is decoded.
private final class HeldBody: Sendable {
    private let body: Mutex<[UInt8]>

    init(_ body: [UInt8]) { self.body = Mutex(body) }

    func take() -> [UInt8] {
        body.withLock { body in
            defer { body = [] }
            return body
        }
    }
}

/// A decoded and planned request for an operation, a network or shapes.
struct NetworkJob: Job {
    /// What is left to do once the plan stands.
    private enum Task: Sendable {
        case run(NetworkRequest, Plan)
        case report([ShapeReport])
    }

    private let task: Task
    private let negotiation: Negotiation
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
                let request = try NetworkRequest(context, body: body.span.bytes)
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
        self.context.enqueuedAt = ContinuousClock.now
    }

    var nanoseconds: Int {
        guard case .run(_, let plan) = task else { return 0 }
        // Eight multiply-accumulates a nanosecond; a number takes some to be computed otherwise, and more to be written.
        return plan.multiplyAccumulates / 8 + 2 * plan.elements + 25 * plan.outputShape.elementCount
    }

    var isSmall: Bool {
        guard case .run(_, let plan) = task else { return true }
        return plan.multiplyAccumulates <= ServiceConfiguration.inlineOperations
            && plan.largestLayer <= ServiceConfiguration.inlineElements
    }

    func finish(_ context: RequestContext) {
        var context = context
        var watch = Stopwatch()
        let content: AnswerContent
        switch task {
        case .report(let reports):
            context.timings.compute = planning
            var json = JSONWriter()
            json.shapes(reports)
            content = AnswerContent(json: json.bytes)
        case .run(let request, let plan):
            let isOver = context.pending?.question
            let result = context.service.engine.run(plan, input: request.input, isCancelled: isOver)
            context.timings.compute = planning + watch.lap()
            context.service.metrics.computed(for: context.timings.compute)
            guard let result else { return context.giveUp() }
            plan.forEachAlgorithm(context.service.metrics.computed(layersBy:))
            content = AnswerContent(
                result,
                plan: plan,
                in: negotiation.form,
                encoding: request.encoding,
                isNetwork: context.route == .forward,
                team: context.service.engine.team
            )
        }
        let writing = watch.lap()
        context.answer(content, negotiation: negotiation, started: watch, writing: writing)
    }
}

/// What `/v1/{operation}` and `/v1/forward` have in common.
private struct NetworkRequest: Sendable {
    let input: Tensor
    let network: Network
    let encoding: TensorEncoding

    init(_ context: RequestContext, body: RawSpan) throws(CodingError) {
        switch BodyForm(request: context.head) {
        case .json: try self.init(route: context.route, json: body, tensors: NamedTensors())
        case .npy:
            let input = try NpyFile.tensor(body)
            let parameters = QueryParameters.json(query: context.head.query)
            try self.init(route: context.route, json: parameters.span.bytes, tensors: NamedTensors(input: input))
        case .safetensors:
            let (tensors, parameters) = try SafetensorsFile.read(body)
            let json = parameters ?? Array("{}".utf8)
            try self.init(route: context.route, json: json.span.bytes, tensors: tensors)
        }
    }

    private init(route: Route, json: RawSpan, tensors: NamedTensors) throws(CodingError) {
        if case .operation(let name) = route {
            let request = try OperationRequest.decode(operation: name, body: json, tensors: tensors)
            input = request.input
            network = Network(layers: [request.layer])
            encoding = request.encoding
        } else {
            let request = try ForwardRequest.decode(body: json, tensors: tensors)
            input = request.input
            network = request.network
            encoding = request.encoding
        }
    }
}

/// Undoes the content codings; the limit holds for what comes out of each.
func decompress(_ body: [UInt8], _ codings: [ContentCoding], limit: Int) throws(Problem) -> [UInt8] {
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
