package import ConvolutionEngine
package import HTTPServer
import HTTPTypes
package import HTTPWire
package import Logging
import Synchronization

/// Answers every request: finds the route, has the body decoded, planned and computed, and writes the answer.
///
/// Small requests are answered on the event loop itself, where a hop to another thread would cost more than the work;
/// all others on the one compute queue.
package final class Service: Handler {
    let configuration: ServiceConfiguration
    let engine: Engine
    let queue: ComputeQueue
    let router: Router
    let ids = RequestIDs()
    let registry: PrometheusRegistry
    let metrics: ServiceMetrics
    let log: AccessLog
    private let draining = Atomic<Bool>(false)

    package init(configuration: ServiceConfiguration, engine: Engine, logger: Logger) {
        self.configuration = configuration
        self.engine = engine
        queue = ComputeQueue(width: configuration.concurrency, capacity: configuration.queueCapacity)
        router = Router(operations: OperationNames.all)
        registry = PrometheusRegistry(help: ServiceMetrics.help)
        metrics = ServiceMetrics(factory: registry, version: configuration.version)
        log = AccessLog(logger: logger)
    }

    /// From now on `/readyz` says 503: load balancers shall look elsewhere.
    package func startDraining() { draining.store(true, ordering: .relaxed) }

    var isDraining: Bool { draining.load(ordering: .relaxed) }

    package func admit(_ head: RequestHead) -> Admission {
        do throws(Problem) {
            let route = try router.route(method: head.method, path: head.path)
            if route.takesBody {
                try BodyRules.check(head, route: route)
                _ = try Negotiation(head, route: route)
            }
            return .accept(maximumBody: route.takesBody ? configuration.maximumBody : ServiceConfiguration.ignoredBody)
        } catch {
            return .refuse(refuse(error, head: head, route: "none"))
        }
    }

    package func handle(_ request: Request, _ exchange: Exchange) {
        let context: RequestContext
        do throws(Problem) {
            let route = try router.route(method: request.head.method, path: request.head.path)
            context = RequestContext(service: self, request: request, exchange: exchange, route: route)
        } catch {
            return exchange.respond(refuse(error, head: request.head, route: "none"))
        }
        if request.head.method == .options { return context.answer(allow: context.route) }
        if context.route.takesBody {
            compute(request.body, context)
        } else {
            context.answerInformation()
        }
    }

    package func refusal(_ refusal: Refusal) -> Response {
        let problem = Problem(refusal)
        let response = problem.response(requestID: ids.fresh())
        metrics.answered(route: "none", status: response.status, received: 0, sent: response.body.count)
        return response
    }

    private func refuse(_ problem: Problem, head: RequestHead, route: String) -> Response {
        let id = ids.id(for: head)
        let response = problem.response(requestID: id)
        metrics.answered(route: route, status: problem.status, received: 0, sent: response.body.count)
        log.answered(head, id: id, status: problem.status, sent: response.body.count, timings: nil)
        return response
    }
}
