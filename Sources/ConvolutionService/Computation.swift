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
    ///
    /// - Parameter watch: Started when the body was there.
    init(
        decoding sent: [UInt8],
        codings: [ContentCoding],
        negotiation: Negotiation,
        _ context: RequestContext,
        _ watch: inout Stopwatch
    ) throws(Problem)

    var context: RequestContext { get }
    /// Whether the rest takes some tens of microseconds at most.
    var isSmall: Bool { get }
    /// About how long the rest takes on one core.
    var nanoseconds: Int { get }

    /// Does the rest.
    ///
    /// - Parameters:
    ///   - waited: For places in the queue.
    ///   - pending: Where it has left the event loop: says whether the answer is still wanted.
    ///   - watch: Its last lap ended when the rest began, or, where that began at once, with the last lap of `init`.
    func answer(after waited: Duration, _ pending: Pending?, _ watch: Stopwatch) -> Answer
}

extension Service {
    /// Bytes → layers and tensors → plan → result → answer. Small work is done on the calling loop, which gets the answer;
    /// anything else moves to the compute queue as soon as that is known.
    func compute<Work: Job>(
        _: Work.Type,
        _ body: [UInt8],
        _ context: RequestContext,
        _ later: () -> Exchange
    ) -> Response? {
        do throws(Problem) {
            var watch = Stopwatch()
            guard watch.last <= context.deadline else {
                return context.given(context.answer(.timedOut, reason: .timeLimit))
            }
            let (negotiation, codings) = (context.terms.negotiation, context.terms.codings)
            if codings.isEmpty, body.count <= ServiceConfiguration.inlineBody {
                let work = try Work(decoding: body, codings: [], negotiation: negotiation, context, &watch)
                if work.isSmall { return context.given(work.answer(after: .zero, nil, watch)) }
                let lane = ComputeLane(nanoseconds: work.nanoseconds)
                enqueue(context, in: lane, bytes: body.count, later()) { pending, waited in
                    context.give(work.answer(after: waited, pending, Stopwatch()), through: pending)
                }
            } else {
                let lane = ComputeLane(nanoseconds: decodingTime(body.count, isCoded: !codings.isEmpty))
                let held = HeldBody(body), bytes = body.count
                enqueue(context, in: lane, bytes: bytes, later()) { [self] pending, waited in
                    do throws(Problem) {
                        var watch = Stopwatch()
                        let work = try Work(
                            decoding: held.take(),
                            codings: codings,
                            negotiation: negotiation,
                            context,
                            &watch
                        )
                        let next = ComputeLane(nanoseconds: work.nanoseconds)
                        if next.rawValue > lane.rawValue {
                            pass(work, to: next, bytes: bytes, waited, pending)
                        } else {
                            context.give(work.answer(after: waited, pending, watch), through: pending)
                        }
                    } catch {
                        context.give(context.answer(error), through: pending)
                    }
                }
            }
            return nil
        } catch {
            return context.given(context.answer(error))
        }
    }

    /// Runs `task` on the compute queue with the time it has waited, and answers 504 where the time limit passes before.
    /// 503 when too much waits already.
    func enqueue(
        _ context: RequestContext,
        in lane: ComputeLane,
        bytes: Int,
        _ exchange: Exchange,
        _ task: @escaping @Sendable (Pending, _ waited: Duration) -> Void
    ) {
        let pending = Pending(exchange: exchange)
        let watch = Stopwatch()
        let ticket = queue.submit(lane, bytes: bytes, isWanted: { !pending.isOver }) {
            guard !pending.isOver else { return context.giveUp(pending) }
            task(pending, watch.time)
        }
        guard let ticket else {
            return context.give(context.answer(.queueFull, reason: .queueFull), through: pending)
        }
        pending.place = ticket
        deadlines.add(pending, at: context.deadline) { [self] in
            context.give(context.answer(.timedOut, reason: .timeLimit), through: pending)
            if let place = pending.place { queue.withdraw(place) }
        }
    }

    /// Goes on with decoded work among longer ones.
    private func pass(_ work: some Job, to lane: ComputeLane, bytes: Int, _ waited: Duration, _ pending: Pending) {
        let context = work.context
        let watch = Stopwatch()
        pending.place = queue.pass(to: lane, bytes: bytes, isWanted: { !pending.isOver }) {
            guard !pending.isOver else { return context.giveUp(pending) }
            context.give(work.answer(after: waited + watch.time, pending, Stopwatch()), through: pending)
        }
        // The limit may have passed between two places.
        if pending.isOver, let place = pending.place { queue.withdraw(place) }
    }
}

/// Nanoseconds, at about 100 MB of JSON a second with planning; compressed bodies grow about tenfold.
private func decodingTime(_ count: Int, isCoded: Bool) -> Int { count * (isCoded ? 100 : 10) }

extension RequestContext {
    /// The answer that was to come is wanted no more.
    fileprivate func giveUp(_ pending: Pending) { give(surrender(pending), through: pending) }

    /// Runs a plan, which is counted; `nil` when its result is wanted no more. Its time comes on top of that for planning.
    func run(
        _ plan: Plan,
        _ input: Tensor,
        _ pending: Pending?,
        _ timings: inout Timings,
        _ watch: inout Stopwatch
    ) -> NetworkResult? {
        let result = service.engine.run(plan, input: input, isCancelled: pending?.question)
        timings.compute += watch.lap()
        service.metrics.computed(for: timings.compute)
        if result != nil { plan.forEachAlgorithm(service.metrics.computed(layersBy:)) }
        return result
    }

    /// A client that has gone gets none; one whose time limit has passed has got it.
    func surrender(_ pending: Pending?) -> Answer {
        if pending?.exchange.isCancelled == true { return answer(.clientGone, reason: .clientGone) }
        return answer(.timedOut, reason: .timeLimit)
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
        case run(Plan, input: Tensor, encoding: TensorEncoding)
        case report([ShapeReport])
    }

    private let task: Task
    private let negotiation: Negotiation
    let context: RequestContext
    let nanoseconds: Int
    let isSmall: Bool
    /// So far: the run's time comes on top of that for planning.
    private var timings = Timings()

    init(
        decoding sent: [UInt8],
        codings: [ContentCoding],
        negotiation: Negotiation,
        _ context: RequestContext,
        _ watch: inout Stopwatch
    ) throws(Problem) {
        self.negotiation = negotiation
        self.context = context
        let service = context.service
        let body = try context.decompress(sent, codings)
        if context.terms.isLabelledForm { try BodyRules.checkStart(body) }
        do {
            if context.entry.isShapes {
                let request = try ShapesRequest.decode(body: body.span.bytes)
                timings.parse = watch.lap()
                task = .report(try service.engine.shapes(request.network, input: request.inputShape))
                nanoseconds = 0
                isSmall = true
            } else {
                let request = try NetworkRequest(context, body: body.span.bytes)
                timings.parse = watch.lap()
                let plan = try request.plan(by: service.engine, limits: service.configuration.plan)
                // Eight multiply-accumulates a nanosecond; a number takes some to be computed otherwise, and more to be
                // written.
                nanoseconds = plan.multiplyAccumulates / 8 + 2 * plan.elements + 25 * plan.outputShape.elementCount
                isSmall =
                    plan.multiplyAccumulates <= ServiceConfiguration.inlineOperations
                    && plan.largestLayer <= ServiceConfiguration.inlineElements
                task = .run(plan, input: request.input, encoding: request.encoding)
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
        // A small one goes on at once: one look at the clock will do for both.
        if !isSmall { timings.compute = watch.lap() }
    }

    func answer(after waited: Duration, _ pending: Pending?, _ watch: Stopwatch) -> Answer {
        var timings = timings
        timings.queue = waited
        var watch = watch
        switch task {
        case .report(let reports):
            timings.compute += watch.lap()
            var json = JSONWriter()
            json.shapes(reports)
            return context.answer(AnswerContent(json: json.bytes), negotiation, timings, watch)
        case .run(let plan, let input, let encoding):
            guard let result = context.run(plan, input, pending, &timings, &watch) else {
                return context.surrender(pending)
            }
            let content = AnswerContent(
                result,
                plan: plan,
                in: negotiation.form,
                encoding: encoding,
                isNetwork: context.entry.isNetwork
            )
            return context.answer(content, negotiation, timings, watch)
        }
    }
}

/// What `/v1/{operation}` and `/v1/forward` have in common.
private enum NetworkRequest {
    case operation(OperationRequest)
    case network(ForwardRequest)

    init(_ context: RequestContext, body: RawSpan) throws(CodingError) {
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

    private init(_ context: RequestContext, json: RawSpan, tensors: NamedTensors) throws(CodingError) {
        let team = context.service.engine.team
        if let specification = context.entry.specification {
            self = .operation(try OperationRequest.decode(specification, body: json, tensors: tensors, team: team))
        } else {
            self = .network(try ForwardRequest.decode(body: json, tensors: tensors, team: team))
        }
    }

    var input: Tensor {
        switch self {
        case .operation(let request): request.input
        case .network(let request): request.input
        }
    }

    var encoding: TensorEncoding {
        switch self {
        case .operation(let request): request.encoding
        case .network(let request): request.encoding
        }
    }

    func plan(by engine: Engine, limits: PlanLimits) throws(EngineError) -> Plan {
        switch self {
        case .operation(let request):
            try engine.plan(request.layer.operation, input: request.input.shape, limits: limits)
        case .network(let request): try engine.plan(request.network, input: request.input.shape, limits: limits)
        }
    }
}

extension RequestContext {
    /// Undoes the content codings; the limit holds for what comes out of each.
    func decompress(_ body: [UInt8], _ codings: [ContentCoding]) throws(Problem) -> [UInt8] {
        let limit = service.configuration.decompressedBody(sent: body.count)
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
}
