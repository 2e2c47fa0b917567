import ConvolutionEngine
import ConvolutionService
import HTTPServer
import HTTPTypes
import HTTPWire
import Logging
import Synchronization
import Testing

/// Talks to a `Service` as the server does, without sockets: the request's bytes go through the wire's own parser.
struct ServiceClient: Sendable {
    let service: Service

    init(accessLogger: Logger? = nil, _ configure: (inout ServiceConfiguration) -> Void = { _ in }) {
        var configuration = ServiceConfiguration()
        configure(&configuration)
        service = Service(
            configuration: configuration,
            engine: Engine(),
            accessLogger: accessLogger
        )
    }

    /// The answer to a request with these field lines (`Host` and `Content-Length` are added).
    func send(
        _ method: String,
        _ path: String,
        fields: [(String, String)] = [],
        body: [UInt8] = [],
        peer: String = "127.0.0.1"
    ) async throws -> Response {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        if method == "POST" || method == "PUT" { text += "Content-Length: \(body.count)\r\n" }
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        let head = try Self.head(Array((text + "\r\n").utf8))
        // As the server does: where a body follows, the service is asked first.
        if head.framing != .none, case .refuse(let response) = service.admit(head, from: peer) {
            return response
        }
        return await answer(to: head, body: body, peer: peer)
    }

    /// The answer to JSON text.
    func post(_ path: String, _ json: String, fields: [(String, String)] = []) async throws -> Response {
        let type = fields.contains { $0.0.lowercased() == "content-type" } ? [] : [("Content-Type", "application/json")]
        return try await send("POST", path, fields: fields + type, body: Array(json.utf8))
    }

    private func answer(to head: RequestHead, body: [UInt8], peer: String) async -> Response {
        var response = await withCheckedContinuation { continuation in
            let request = Request(head: head, body: body, receivedAt: Instant.now, peer: peer)
            var memory = AnswerMemory()
            let response = service.handle(request, &memory) { Exchange(recipient: Answer(continuation)) }
            if let response { continuation.resume(returning: response) }
        }
        // Taken as fast as it is made. What fails is cut short, and makes no sense to whoever reads it.
        if let stream = response.stream { response.body = await stream.collect() }
        return response
    }

    static func head(_ bytes: [UInt8]) throws -> RequestHead {
        var connection = Connection()
        connection.receive(bytes.span.bytes)
        guard case .head(let head) = try connection.next() else { throw NoHead() }
        return head
    }

    private struct NoHead: Error {}
}

/// Takes one answer and resumes whoever waits for it; no answer counts as 500.
private final class Answer: Recipient {
    private let continuation: CheckedContinuation<Response, Never>

    init(_ continuation: CheckedContinuation<Response, Never>) { self.continuation = continuation }

    var isCancelled: Bool { false }

    func deliver(_ response: consuming Response?) {
        continuation.resume(returning: response ?? Response(status: .internalServerError))
    }
}

extension BodyStream {
    fileprivate func collect() async -> [UInt8] {
        var body: [UInt8] = []
        let (announcements, continuation) = AsyncStream<Void>.makeStream()
        attach { continuation.yield() }
        continuation.yield()
        for await _ in announcements {
            taking: while true {
                switch take() {
                case .piece(let piece, let isLast):
                    body += piece
                    sent(piece.count, memory: piece)
                    if isLast { return body }
                case .nothing: break taking
                case .failure: return body
                }
            }
        }
        return body
    }
}

extension Response {
    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first field of this name.
    func field(_ name: String) -> String? {
        (lines.fields + fields).first { $0.name.rawName.lowercased() == name.lowercased() }?.value
    }
}
