import HTTPTypes

/// The paths of the Open Inference Protocol, version 2.
enum InferenceRoute: Hashable, Sendable {
    /// `/v2`
    case server
    /// `/v2/health/live`
    case live
    /// `/v2/health/ready`
    case ready
    /// `/v2/models`
    case models
    /// `/v2/models/{name}`, `…/ready` and `…/infer`, each with `/versions/{version}` before it or not.
    case model(String, version: String?)
    case modelReady(String, version: String?)
    case infer(String, version: String?)
    /// `/v2/repository/index`, with a repository's name before `index` or not.
    case index
    /// `/v2/repository/models/{name}/load`
    case load(String)
    /// `/v2/repository/models/{name}/unload`
    case unload(String)

    init?(path: String) {
        guard path.hasPrefix("/v2") else { return nil }
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        // `/v2/` is `/v2`.
        if segments.count == 2, segments.last?.isEmpty == true { segments.removeLast() }
        guard segments.popFirst() == "v2" else { return nil }
        switch segments.popFirst() {
        case nil: self = .server
        case "health" where segments == ["live"]: self = .live
        case "health" where segments == ["ready"]: self = .ready
        case "models": self.init(model: segments)
        case "repository": self.init(repository: segments)
        default: return nil
        }
    }

    private init?(model segments: ArraySlice<Substring>) {
        var segments = segments
        guard let name = segments.popFirst() else {
            self = .models
            return
        }
        guard !name.isEmpty else { return nil }
        var version: String?
        if segments.first == "versions", segments.count >= 2 {
            segments.removeFirst()
            version = segments.popFirst().map(String.init)
        }
        let decoded = name.percentDecoded
        switch Array(segments) {
        case []: self = .model(decoded, version: version)
        case ["ready"]: self = .modelReady(decoded, version: version)
        case ["infer"]: self = .infer(decoded, version: version)
        default: return nil
        }
    }

    private init?(repository segments: ArraySlice<Substring>) {
        var segments = segments
        // All repositories that a client may name are this one.
        if segments.count == 2 || segments.count == 4 { segments.removeFirst() }
        switch Array(segments) {
        case ["index"]: self = .index
        case let list where list.count == 3 && list[0] == "models" && !list[1].isEmpty && list[2] == "load":
            self = .load(list[1].percentDecoded)
        case let list where list.count == 3 && list[0] == "models" && !list[1].isEmpty && list[2] == "unload":
            self = .unload(list[1].percentDecoded)
        default: return nil
        }
    }

    var allowedMethods: [HTTPRequest.Method] {
        switch self {
        case .infer, .index, .load, .unload: [.post, .options]
        default: [.get, .head, .options]
        }
    }

    /// Whether the work is done on tensors that a client sent. What `index` and its like may have in a body changes little.
    func takesBody(_ method: HTTPRequest.Method) -> Bool {
        if case .infer = self { method == .post } else { false }
    }

    /// Whether a probe asks, which brings no key.
    var isHealth: Bool { self == .live || self == .ready }

    /// The name in metrics and logs.
    var label: String {
        switch self {
        case .server: "v2_server"
        case .live, .ready: "v2_health"
        case .models, .model, .modelReady: "v2_model"
        case .infer: "v2_infer"
        case .index, .load, .unload: "v2_repository"
        }
    }

    static let labels = ["v2_server", "v2_health", "v2_model", "v2_infer", "v2_repository"]
}
