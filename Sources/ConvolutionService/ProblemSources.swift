import Compression
import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import TensorCoding

extension Problem {
    static let uncompressed = Problem(.internalServerError, "The answer could not be compressed.")

    /// The body is not JSON (400) or makes no sense (422).
    init(_ error: CodingError) {
        self.init(
            error.kind == .malformed ? .badRequest : .unprocessableContent,
            error.sentence,
            pointer: error.pointer.isEmpty ? nil : error.pointer
        )
    }

    /// The layers do not fit, or ask for too much.
    init(_ error: EngineError, route: Route) {
        var pointer = ""
        if let layer = error.layer, route == .forward || route == .shapes { pointer += "/layers/\(layer)" }
        if let parameter = error.parameter { pointer += "/\(parameter)" }
        self.init(.unprocessableContent, error.sentence, pointer: pointer.isEmpty ? nil : pointer)
    }

    /// The body's content coding is broken (400), or its content over the limit (413).
    init(_ error: CompressionError) {
        switch error {
        case .tooLarge: self.init(.contentTooLarge, error.sentence)
        default: self.init(.badRequest, error.sentence)
        }
    }

    /// What the server refuses before a request exists.
    init(_ refusal: Refusal) {
        let retry = [HTTPField(name: .retryAfter, value: "1")]
        switch refusal {
        case .wire(let error): self.init(error.statusHint, error.sentence)
        case .plainHTTP: self.init(.badRequest, "This port speaks TLS: ask by https, not by http.")
        case .timeout(.head): self.init(.requestTimeout, "The request's head did not arrive in time.")
        case .timeout(.body): self.init(.requestTimeout, "The request's body did not arrive in time.")
        case .overloaded:
            self.init(.serviceUnavailable, "The server holds as much as it may; try again in a second.", fields: retry)
        case .unanswered: self.init(.internalServerError, "The request was lost on the way to its answer.")
        case .draining: self.init(.serviceUnavailable, "The server is stopping; try again elsewhere.", fields: retry)
        }
    }

    /// Nobody reads it; the number, which no standard has, is for logs and metrics.
    static let clientGone = Problem(
        HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"),
        "The client has gone before its answer was ready."
    )

    static let queueFull = Problem(
        .serviceUnavailable,
        "As much waits to be computed as may wait; try again in a second.",
        fields: [HTTPField(name: .retryAfter, value: "1")]
    )

    static let timedOut = Problem(
        .gatewayTimeout,
        "The request's time limit passed before its answer was ready; the computation was stopped."
    )
}
