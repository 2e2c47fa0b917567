import HTTPTypes
import HTTPWire
import TensorCoding

/// Finds the route of a path and method, or the problem that says why there is none.
struct Router: Sendable {
    /// A route with what is counted of it.
    final class Entry: Sendable {
        let route: Route
        let metrics: RouteMetrics
        let takesBody: Bool
        let work: Work
        /// Whoever asks after the server's health is asked nothing.
        let isOpen: Bool
        let isShapes: Bool
        /// The answer tells of several layers.
        let isNetwork: Bool
        /// What an operation's request may say.
        let specification: OperationSpecification?

        convenience init(_ route: Route, _ metrics: RouteMetrics) {
            self.init(route, metrics, takesBody: route.takesBody)
        }

        /// - Parameter takesBody: Of the method that is asked for.
        init(_ route: Route, _ metrics: RouteMetrics, takesBody: Bool) {
            self.route = route
            self.metrics = metrics
            self.takesBody = takesBody
            work = Work(of: route)
            isOpen = route.isOpen
            isShapes = route == .shapes
            isNetwork = route == .forward
            specification = if case .operation(let name) = route { .named(name) } else { nil }
        }
    }

    /// Who works on the body of a request.
    enum Work: Sendable {
        case layers, shapes, model, inference, upload

        fileprivate init(of route: Route) {
            switch route {
            case .shapes: self = .shapes
            case .model(.one): self = .upload
            case .model: self = .model
            case .inference: self = .inference
            default: self = .layers
            }
        }
    }

    private let table: PathTable<Entry>
    /// Of the routes whose paths have a model's name in them, by label.
    private let modelMetrics: [String: RouteMetrics]

    /// - Parameter metrics: makes what is counted of the routes with a label.
    init(operations: some Sequence<String>, metrics: (String) -> RouteMetrics) {
        var byLabel: [String: RouteMetrics] = [:]
        table = PathTable(
            Route.table(operations: operations).mapValues { route in
                let counted = byLabel[route.label] ?? metrics(route.label)
                byLabel[route.label] = counted
                return Entry(route, counted)
            }
        )
        let labels = (ModelRoute.labels + InferenceRoute.labels).map { ($0, byLabel[$0] ?? metrics($0)) }
        modelMetrics = Dictionary(labels) { first, _ in first }
    }

    func entry(for head: RequestHead) -> Entry? {
        head.find(byPath: { table.index(of: $0) }).map { table[$0] } ?? modelEntry(for: head)
    }

    private func modelEntry(for head: RequestHead) -> Entry? {
        let path = head.path
        let route = ModelRoute(path: path).map(Route.model) ?? InferenceRoute(path: path).map(Route.inference)
        guard let route, let metrics = modelMetrics[route.label] else { return nil }
        return Entry(route, metrics, takesBody: route.takesBody(head.method))
    }

    /// The route of an entry that was found for the head, if it answers the head's method.
    func check(_ entry: Entry?, _ head: RequestHead) throws(Problem) -> Entry {
        guard let entry else { throw notFound(head.path) }
        guard entry.takesBody && head.method == .post || entry.route.answers(head.method) else {
            let list = entry.route.allowedMethods.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .methodNotAllowed,
                "\(head.path) answers \(list), not \(head.method.rawValue).",
                fields: [HTTPField(name: .allow, value: list)]
            )
        }
        return entry
    }

    private func notFound(_ path: String) -> Problem {
        if let name = path.operationName {
            if let nearest = OperationSpecification.nearest(to: name) {
                return Problem(.notFound, "There is no operation \"\(name)\". Did you mean \"\(nearest)\"?")
            }
            return Problem(.notFound, "There is no operation \"\(name)\"; openapi.yaml lists them all.")
        }
        if path.count > 1, path.hasSuffix("/"), table[Array(path.utf8.dropLast()).span] != nil {
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
