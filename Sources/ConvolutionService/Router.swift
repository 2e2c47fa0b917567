import HTTPTypes
import TensorCoding

/// Finds the route of a path and method, or the problem that says why there is none.
struct Router: Sendable {
    /// A route with what is counted of it.
    struct Entry: Sendable {
        let route: Route
        let metrics: RouteMetrics
    }

    private let table: [String: Entry]
    /// Of the routes whose paths have a model's name in them, by label.
    private let modelMetrics: [String: RouteMetrics]

    /// - Parameter metrics: makes what is counted of the routes with a label.
    init(operations: some Sequence<String>, metrics: (String) -> RouteMetrics) {
        var byLabel: [String: RouteMetrics] = [:]
        table = Route.table(operations: operations).mapValues { route in
            let counted = byLabel[route.label] ?? metrics(route.label)
            byLabel[route.label] = counted
            return Entry(route: route, metrics: counted)
        }
        let labels = (ModelRoute.labels + InferenceRoute.labels).map { ($0, byLabel[$0] ?? metrics($0)) }
        modelMetrics = Dictionary(labels) { first, _ in first }
    }

    func entry(_ path: String) -> Entry? {
        if let entry = table[path] { return entry }
        let route = ModelRoute(path: path).map(Route.model) ?? InferenceRoute(path: path).map(Route.inference)
        guard let route, let metrics = modelMetrics[route.label] else { return nil }
        return Entry(route: route, metrics: metrics)
    }

    /// The route of an entry found by `path`, if it answers the method.
    func check(_ entry: Entry?, method: HTTPRequest.Method, path: String) throws(Problem) -> Route {
        guard let route = entry?.route else { throw notFound(path) }
        guard route.answers(method) else {
            let list = route.allowedMethods.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .methodNotAllowed,
                "\(path) answers \(list), not \(method.rawValue).",
                fields: [HTTPField(name: .allow, value: list)]
            )
        }
        return route
    }

    private func notFound(_ path: String) -> Problem {
        if let name = path.operationName {
            if let nearest = OperationSpecification.nearest(to: name) {
                return Problem(.notFound, "There is no operation \"\(name)\". Did you mean \"\(nearest)\"?")
            }
            return Problem(.notFound, "There is no operation \"\(name)\"; openapi.yaml lists them all.")
        }
        if path.count > 1, path.hasSuffix("/"), table[String(path.dropLast())] != nil {
            return Problem(.notFound, "Nothing is at \(path); did you mean \(path.dropLast())?")
        }
        return Problem(.notFound, "Nothing is at \(path). GET /openapi.yaml lists all paths, GET / explains them.")
    }
}

extension String {
    /// The one segment after `/v1/`, if that is what the path is.
    fileprivate var operationName: String? {
        guard hasPrefix("/v1/") else { return nil }
        let name = dropFirst(4)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }
}
