import HTTPTypes
import TensorCoding

/// The paths of models.
enum ModelRoute: Hashable, Sendable {
    /// `/v1/models`
    case list
    /// `/v1/models/{name}`; the name is decoded, and not checked.
    case one(String)
    /// `/v1/models/{name}/forward`
    case forward(String)

    init?(path: String) {
        guard path.hasPrefix(ModelRoute.prefix) else { return nil }
        let rest = path.dropFirst(ModelRoute.prefix.count)
        guard !rest.isEmpty else {
            self = .list
            return
        }
        let segments = rest.split(separator: "/", omittingEmptySubsequences: false)
        // The first is what stands before the slash.
        guard segments.count >= 2, segments[0].isEmpty, !segments[1].isEmpty else { return nil }
        let name = segments[1].percentDecoded
        switch segments.dropFirst(2) {
        case []: self = .one(name)
        case ["forward"]: self = .forward(name)
        default: return nil
        }
    }

    private static let prefix = "/v1/models"

    var allowedMethods: [HTTPRequest.Method] {
        switch self {
        case .list: [.get, .head, .options]
        case .one: [.get, .head, .put, .delete, .options]
        case .forward: [.post, .options]
        }
    }

    func takesBody(_ method: HTTPRequest.Method) -> Bool {
        switch self {
        case .list: false
        case .one: method == .put
        case .forward: method == .post
        }
    }

    /// The name in metrics and logs.
    var label: String {
        switch self {
        case .list: "models"
        case .one: "model"
        case .forward: "model_forward"
        }
    }

    static let labels = ["models", "model", "model_forward"]
}

extension Substring {
    /// With `%41` as `A`; octets that are not UTF-8 are replaced, and such a text is no name of anything.
    var percentDecoded: String {
        guard utf8.contains(UInt8(ascii: "%")) else { return String(self) }
        return String(decoding: PercentEncoding.octets(self, isForm: false), as: UTF8.self)
    }
}
