import HTTPServer
import HTTPTypes
import HTTPWire
import Logging

/// One line a request, through swift-log. Paths and counts only: nothing of a body, a query or a field that may hold a
/// secret.
struct AccessLog: Sendable {
    /// `nil` when no line is wanted.
    private let logger: Logger?

    init(logger: Logger?) { self.logger = logger }

    /// - Parameter took: In nanoseconds.
    func answered(
        _ head: RequestHead,
        peer: String,
        id: String,
        status: HTTPResponse.Status,
        received: Int,
        sent: Int,
        took: Int64?,
        timings: Timings?
    ) {
        guard let logger else { return }
        var metadata: Logger.Metadata = [
            "method": .string(head.method.rawValue), "path": .string(head.path), "peer": .string(peer),
            "status": .string(String(status.code)), "received": .string(String(received)),
            "sent": .string(String(sent)), "request_id": .string(id),
        ]
        if let took { metadata["seconds"] = .string(took.secondsText) }
        if let timings { metadata["timing"] = .string(timings.field) }
        if let trace = TraceContext(head) {
            metadata["trace_id"] = .string(trace.traceID)
            metadata["parent_id"] = .string(trace.parentID)
        }
        logger.info("request", metadata: metadata)
    }

    /// What never became a request.
    func refused(_ reason: RefusalReason, id: String, response: borrowing Response) {
        logger?.info(
            "refused",
            metadata: [
                "reason": .string(reason.rawValue), "status": .string(String(response.status.code)),
                "request_id": .string(id),
            ]
        )
    }
}
