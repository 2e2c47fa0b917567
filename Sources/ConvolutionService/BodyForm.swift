import HTTPTypes
import HTTPWire

/// The forms in which tensors travel, in requests and in answers.
enum BodyForm: String, CaseIterable, Sendable {
    case json = "application/json"
    /// The input, or the output, alone; a request's parameters are in the query.
    case npy = "application/x-npy"
    /// Tensors by name; a request's parameters are in the file's metadata.
    case safetensors = "application/vnd.safetensors"

    /// Of the request's body. It has been checked that there is one.
    init(request head: RequestHead) {
        // Most clients write exactly this; taking a media type apart is worth avoiding on a tiny request.
        guard !head.first(.contentType, is: "application/json") else {
            self = .json
            return
        }
        let essence = head[.contentType].flatMap(MediaType.init)?.essence
        self = essence.flatMap(BodyForm.init(rawValue:)) ?? .json
    }

    /// Of the answers that a route can give, the best one first.
    static func answers(of route: Route) -> [BodyForm] {
        switch route {
        case .shapes, .model(.one): [.json]
        default: allCases
        }
    }
}
