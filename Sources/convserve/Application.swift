import HTTPServer
import HTTPTypes
import HTTPWire
import Logging

/// Where the server meets the service.
struct Application {
    let handler: any Handler

    init(configuration: Configuration, logger: Logger) {
        handler = StandIn()
    }

    /// Readiness says no from now on.
    func beginDraining() {}
}

/// Stands in for the service until it is there.
private struct StandIn: Handler {
    func admit(_ head: RequestHead) -> Admission { .accept(maximumBody: .max) }

    func handle(_ request: Request, _ exchange: Exchange) {
        exchange.respond(
            Response(
                status: .ok,
                fields: [HTTPField(name: .contentType, value: "application/json")],
                body: Array(#"{"ok":true}"#.utf8)
            )
        )
    }

    func refusal(_ refusal: Refusal) -> Response {
        switch refusal {
        case .wire(let error): Response(status: error.statusHint)
        case .timeout: Response(status: .requestTimeout)
        case .overloaded, .draining: Response(status: .serviceUnavailable)
        case .unanswered: Response(status: .internalServerError)
        }
    }
}
