import HTTPTypes

/// What can be asked for, beside `openapi.yaml`.
enum Route: Hashable, Sendable {
    case operation(String)
    case forward
    case shapes
    case model(ModelRoute)
    case inference(InferenceRoute)
    case kernels
    case health
    case readiness
    case metrics
    case openAPI(Document)
    case page
    /// `*`: the server as a whole (RFC 9110 section 9.3.7), of which only `OPTIONS` asks.
    case server

    enum Document: Hashable, Sendable { case yaml, json }

    /// The methods a route answers; `HEAD` goes wherever `GET` does, `OPTIONS` everywhere.
    var allowedMethods: [HTTPRequest.Method] {
        switch self {
        case .operation, .forward, .shapes: [.post, .options]
        case .model(let route): route.allowedMethods
        case .inference(let route): route.allowedMethods
        case .server: [.get, .head, .post, .options]
        case .kernels, .health, .readiness, .metrics, .openAPI, .page: [.get, .head, .options]
        }
    }

    /// Whether `method` is one of them.
    func answers(_ method: HTTPRequest.Method) -> Bool { allowedMethods.contains(method) }

    /// Whether it is answered to everyone.
    var isOpen: Bool {
        switch self {
        case .health, .readiness: true
        case .inference(let route): route.isHealth
        default: false
        }
    }

    /// Whether the work is done on tensors a client sent: those routes negotiate JSON and take a body.
    var takesBody: Bool {
        switch self {
        case .operation, .forward, .shapes: true
        case .model, .inference, .kernels, .health, .readiness, .metrics, .openAPI, .page, .server: false
        }
    }

    /// The same of a request with this method.
    func takesBody(_ method: HTTPRequest.Method) -> Bool {
        switch self {
        case .model(let route): route.takesBody(method)
        case .inference(let route): route.takesBody(method)
        default: takesBody
        }
    }

    /// The name in metrics and logs.
    var label: String {
        switch self {
        case .operation(let name): name
        case .forward: "forward"
        case .shapes: "shapes"
        case .model(let route): route.label
        case .inference(let route): route.label
        case .kernels: "kernels"
        case .health: "healthz"
        case .readiness: "readyz"
        case .metrics: "metrics"
        case .openAPI: "openapi"
        case .page: "page"
        case .server: "server"
        }
    }
}

extension Route {
    /// Every path and its route.
    static func table(operations: some Sequence<String>) -> [String: Route] {
        var table: [String: Route] = [
            "/v1/forward": .forward,
            "/v1/shapes": .shapes,
            "/v1/kernels": .kernels,
            "/healthz": .health,
            "/readyz": .readiness,
            "/metrics": .metrics,
            "/openapi.yaml": .openAPI(.yaml),
            "/openapi.json": .openAPI(.json),
            "/": .page,
            "*": .server,
        ]
        for name in operations { table["/v1/\(name)"] = .operation(name) }
        return table
    }
}
