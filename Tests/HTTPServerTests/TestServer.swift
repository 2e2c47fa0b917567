import Dispatch
import HTTPServer
import HTTPTypes
import HTTPWire
import Logging
import Synchronization
import TestSupport

/// A handler made of closures; what is not given answers plainly.
final class ScriptedHandler: Handler {
    private let onRequest: (@Sendable (Request, Exchange) -> Void)?
    private let onHead: @Sendable (RequestHead) -> Admission

    init(
        onRequest: (@Sendable (Request, Exchange) -> Void)? = nil,
        onHead: @escaping @Sendable (RequestHead) -> Admission = { _ in .accept(maximumBody: .max) }
    ) {
        self.onRequest = onRequest
        self.onHead = onHead
    }

    func admit(_ head: RequestHead, from peer: String) -> Admission { onHead(head) }

    func handle(_ request: Request, _: inout AnswerMemory, later: () -> Exchange) -> Response? {
        guard let onRequest else { return echo(request) }
        onRequest(request, later())
        return nil
    }

    func refusal(_ refusal: Refusal) -> Response {
        switch refusal {
        case .wire(let error): text("wire", error.statusHint)
        case .plainHTTP: text("plain", .badRequest)
        case .timeout(let phase): text("timeout \(phase.rawValue)", .requestTimeout)
        case .overloaded: text("overloaded", .serviceUnavailable)
        case .draining: text("draining", .serviceUnavailable)
        case .unanswered: text("unanswered", .internalServerError)
        }
    }
}

/// The request's path and, where it had one, its body.
@Sendable
func echo(_ request: Request) -> Response {
    var body = Array(request.head.path.utf8)
    if !request.body.isEmpty { body += [UInt8(ascii: "=")] + request.body }
    return Response(status: .ok, body: body)
}

func text(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(status: status, body: Array(text.utf8))
}

/// A server on a port of the system's choice. Without a clock of the test's own it is more patient than any test lasts:
/// on a busy machine half a minute may pass between two lines of one.
func serve(
    _ handler: some Handler = ScriptedHandler(),
    clock: ManualClock? = nil,
    _ configure: (inout Configuration) -> Void = { _ in }
) throws -> Server {
    var configuration = Configuration()
    configuration.port = 0
    if clock == nil {
        configuration.patience.head = .seconds(3600)
        configuration.patience.body = .seconds(3600)
        configuration.patience.writing = .seconds(3600)
        configuration.patience.rateGrace = .seconds(3600)
        configuration.patience.idle = .seconds(3600)
        configuration.patience.halfClosed = .seconds(3600)
    }
    configure(&configuration)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    guard let clock else { return try Server(configuration: configuration, handler: handler, logger: logger) }
    return try Server(configuration: configuration, handler: handler, logger: logger) { clock.now }
}

func get(_ path: String, _ fields: String...) -> String {
    "GET \(path) HTTP/1.1\r\nHost: test\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
}

func post(_ path: String, _ body: String, _ fields: String...) -> String {
    "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n"
        + fields.map { $0 + "\r\n" }.joined() + "\r\n" + body
}

/// Answers and the like handed from one thread to another.
final class Shelf<Item: Sendable>: Sendable {
    private let items = Mutex<[Item]>([])

    func put(_ item: Item) { items.withLock { $0.append(item) } }

    func takeAll() -> [Item] {
        items.withLock { items in
            defer { items = [] }
            return items
        }
    }

    var count: Int { items.withLock { $0.count } }

    /// Waits until there are so many.
    func holds(_ count: Int) async -> Bool {
        await eventually { self.count >= count }
    }
}
