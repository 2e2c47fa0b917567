package import ConvolutionEngine
package import HTTPServer
import HTTPTypes
package import HTTPWire
package import Logging
package import ModelStore
import Synchronization

/// Answers every request: lets it in, finds the route, has the body decoded, planned and computed, and writes the answer.
///
/// Small requests are answered on the event loop itself, where a hop to another thread would cost more than the work;
/// all others on the one compute queue.
package final class Service: Handler {
    let configuration: ServiceConfiguration
    /// The configuration's.
    let crossOrigin: CrossOrigin?
    let engine: Engine
    let queue: ComputeQueue
    let models: ModelStore
    let deadlines = Deadlines()
    let router: Router
    let door: Door
    let ids = RequestIDs()
    let registry: PrometheusRegistry
    let metrics: ServiceMetrics
    /// For what has no route.
    let unrouted: RouteMetrics
    let log: AccessLog
    private let connectionCount = Mutex<(@Sendable () -> Int)?>(nil)
    private let lostLineCount = Mutex<(@Sendable () -> Int)?>(nil)
    private let draining = Atomic<Bool>(false)

    /// - Parameter accessLogger: Gets a line for each request; `nil` where none is wanted.
    /// - Parameter models: where models are kept; in memory where it is left out.
    package init(
        configuration: ServiceConfiguration,
        engine: Engine,
        models: ModelStore? = nil,
        accessLogger: Logger? = nil
    ) {
        self.configuration = configuration
        crossOrigin = configuration.crossOrigin
        self.engine = engine
        self.models = models ?? ModelStore(engine: engine)
        queue = ComputeQueue(
            width: configuration.concurrency,
            capacity: configuration.queueCapacity,
            byteCapacity: configuration.queueBytes
        )
        let registry = PrometheusRegistry(help: ServiceMetrics.help)
        self.registry = registry
        metrics = ServiceMetrics(factory: registry, version: configuration.version)
        router = Router(operations: OperationNames.all) { RouteMetrics(label: $0, factory: registry) }
        unrouted = RouteMetrics(label: "none", factory: registry)
        door = Door(configuration, metrics: metrics)
        log = AccessLog(logger: accessLogger)
    }

    /// From now on `/readyz` says 503: load balancers shall look elsewhere.
    package func startDraining() { draining.store(true, ordering: .relaxed) }

    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// From now on these keys are asked for.
    package func replaceKeys(_ keys: APIKeys) { door.replaceKeys(keys) }

    /// What the metrics say of connections.
    package func countConnections(_ count: @escaping @Sendable () -> Int) {
        connectionCount.withLock { $0 = count }
    }

    var connections: Int? { connectionCount.withLock { $0 }?() }

    /// What the metrics say of log lines that nobody read in time.
    package func countLostLines(_ count: @escaping @Sendable () -> Int) {
        lostLineCount.withLock { $0 = count }
    }

    var lostLines: Int? { lostLineCount.withLock { $0 }?() }

    package func admit(_ head: RequestHead, from peer: String) -> Admission {
        switch look(at: head, from: peer, isLetIn: false) {
        case .refused(let response): .refuse(response)
        case .fine(let terms):
            .accept(maximumBody: terms.takesBody ? configuration.maximumBody : ServiceConfiguration.ignoredBody)
        }
    }

    package func handle(
        _ request: Request,
        _ memory: inout AnswerMemory,
        later: () -> Exchange
    ) -> Response? {
        // A request with a body was let in before the body was read.
        let isLetIn = request.head.hasBody
        if isLetIn, let known = request.head.conclusions as? RequestTerms {
            return answer(request, known, &memory, later)
        }
        switch look(at: request.head, from: request.peer, isLetIn: isLetIn) {
        case .refused(let response): return response
        case .fine(let terms): return answer(request, terms, &memory, later)
        }
    }

    @inline(__always)
    private func answer(
        _ request: Request,
        _ terms: RequestTerms,
        _ memory: inout AnswerMemory,
        _ later: () -> Exchange
    ) -> Response? {
        let context = RequestContext(service: self, request: request, terms: terms)
        if terms.isWork { return work(request.body, context, &memory, later) }
        let method = request.head.method
        if let change = ModelChange(context.route, method) { return make(change, context, later) }
        return context.given(method == .options ? context.optionsAnswer() : context.information())
    }

    private enum Look {
        case fine(RequestTerms)
        case refused(Response)
    }

    private func look(at head: RequestHead, from peer: String, isLetIn: Bool) -> Look {
        guard let known = head.conclusions as? RequestTerms else {
            return firstLook(at: head, from: peer, isLetIn: isLetIn)
        }
        do throws(Problem) {
            if !isLetIn { try letIn(head, known.entry, peer: peer) }
            return .fine(known)
        } catch {
            return .refused(refuse(error, head: head, known.metrics, peer: peer))
        }
    }

    @inline(never)
    private func firstLook(at head: RequestHead, from peer: String, isLetIn: Bool) -> Look {
        let entry = router.entry(for: head)
        do throws(Problem) {
            if !isLetIn { try letIn(head, entry, peer: peer) }
            let terms = try RequestTerms(head, entry, self)
            head.keep(terms)
            return .fine(terms)
        } catch {
            return .refused(refuse(error, head: head, entry?.metrics ?? unrouted, peer: peer))
        }
    }

    private func work(
        _ body: [UInt8],
        _ context: borrowing RequestContext,
        _ memory: inout AnswerMemory,
        _ later: () -> Exchange
    ) -> Response? {
        switch context.entry.work {
        case .layers: compute(NetworkJob.self, body, context, &memory, later)
        case .model: compute(ModelJob.self, body, context, &memory, later)
        case .inference: compute(InferenceJob.self, body, context, &memory, later)
        case .shapes: compute(ShapesJob.self, body, context, &memory, later)
        case .upload: compute(UploadJob.self, body, context, &memory, later)
        }
    }

    package func refusal(_ refusal: Refusal) -> Response {
        let problem = Problem(refusal)
        let id = ids.fresh()
        let response = problem.response(requestID: id)
        let reason = RefusalReason(refusal)
        unrouted.answered(status: response.status)
        metrics.refused(reason)
        metrics.transferred(received: 0, sent: response.body.count)
        log.refused(reason, id: id, response: response)
        return response
    }

    /// The fields that the page of another origin needs, if it may read the answer.
    func dress(_ response: inout Response, for head: RequestHead) {
        guard let crossOrigin else { return }
        response.fields = response.lines.fields + response.fields + crossOrigin.fields(for: head)
        response.lines = FieldLines()
        guard crossOrigin.varies else { return }
        if let index = response.fields.firstIndex(where: { $0.name == .vary }) {
            guard !response.fields[index].value.contains("Origin") else { return }
            response.fields[index].value += ", Origin"
        } else {
            response.fields.append(HTTPField(name: .vary, value: "Origin"))
        }
    }

    private func letIn(_ head: RequestHead, _ entry: Router.Entry?, peer: String) throws(Problem) {
        // A browser asks without any key whether it may ask.
        if let entry, crossOrigin?.preflight(head, route: entry.route) != nil { return }
        try door.check(head, entry, peer: peer)
    }

    private func refuse(_ problem: Problem, head: RequestHead, _ route: RouteMetrics, peer: String) -> Response {
        let id = ids.id(for: head)
        var response = problem.response(requestID: id, as: ErrorForm(path: head.path))
        dress(&response, for: head)
        route.answered(status: problem.status)
        metrics.transferred(received: 0, sent: response.body.count)
        let sent = response.body.count
        log.answered(head, peer: peer, id: id, status: problem.status, received: 0, sent: sent, took: nil, timings: nil)
        return response
    }
}

extension RefusalReason {
    fileprivate init(_ refusal: Refusal) {
        self =
            switch refusal {
            case .wire: .wire
            case .timeout(.head): .headTimeout
            case .timeout(.body): .bodyTimeout
            case .overloaded: .overloaded
            case .unanswered: .unanswered
            case .draining: .draining
            case .plainHTTP: .plainHTTP
            }
    }
}
