import HTTPTypes
import TensorCoding

/// Finds the route of a path and method, or the problem that says why there is none.
struct Router: Sendable {
    private let table: [String: Route]

    init(operations: some Sequence<String>) { table = Route.table(operations: operations) }

    /// Every path that is served.
    var paths: some Collection<String> { table.keys }

    func route(method: HTTPRequest.Method, path: String) throws(Problem) -> Route {
        guard let route = table[path] else { throw notFound(path) }
        let allowed = route.allowedMethods
        guard allowed.contains(method) else {
            let list = allowed.map(\.rawValue).joined(separator: ", ")
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
