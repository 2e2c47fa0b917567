import HTTPTypes
import HTTPWire
import Logging

/// One line a request, through swift-log, at level `info`. Paths and counts only: nothing of a body or a query.
struct AccessLog: Sendable {
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func answered(_ head: RequestHead, id: String, status: HTTPResponse.Status, sent: Int, timings: Timings?) {
        guard logger.logLevel <= .info else { return }
        var metadata: Logger.Metadata = [
            "method": "\(head.method.rawValue)", "path": "\(head.path)", "status": "\(status.code)",
            "sent": "\(sent)", "request_id": "\(id)",
        ]
        if let timings { metadata["timing"] = "\(timings.field)" }
        logger.info("request", metadata: metadata)
    }
}
