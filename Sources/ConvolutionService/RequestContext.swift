import Compression
import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import TensorCoding

/// One request on its way to its answer: what is known of it from the start.
final class RequestContext: Sendable {
    let service: Service
    let head: RequestHead
    let entry: Router.Entry
    let id: String
    let peer: String
    let receivedAt: Instant
    /// When the answer is no longer wanted.
    let deadline: Instant
    let receivedCount: Int

    init(service: Service, request: Request, entry: Router.Entry, limit: Duration) {
        self.service = service
        self.entry = entry
        head = request.head
        peer = request.peer
        id = service.ids.id(for: request.head)
        receivedAt = request.receivedAt
        deadline = request.receivedAt + limit
        receivedCount = request.body.count
    }

    var route: Route { entry.route }
}

/// What is said to a request, and what is counted of it beside its status.
struct Answer: Sendable {
    var response: Response
    /// Makes the body, where that is done while it is sent; such an answer is logged at its end.
    var maker: AnswerStream?
    /// Where tensors were worked on.
    var timings: Timings?
    /// When it was ready, where somebody has looked.
    var readyAt: Instant?
    /// Where it was turned away.
    var reason: RefusalReason?
}

// MARK: - Making answers

extension RequestContext {
    /// A result, compressed when the client takes it and it is worth it. `watch` has been running since the result was
    /// there.
    func answer(_ content: AnswerContent, _ negotiation: Negotiation, _ timings: Timings, _ watch: Stopwatch) -> Answer
    {
        var (timings, watch) = (timings, watch)
        switch content.body {
        case .whole(var body):
            let coding = negotiation.coding(forCount: body.count)
            if coding != .identity {
                guard let coded = coding.encode(body, level: service.configuration.compressionLevel) else {
                    return answer(.uncompressed)
                }
                body = coded
            }
            timings.write = watch.lap()
            var response = head(of: content, coding, timings)
            response.body = body
            return Answer(response: dressed(response), timings: timings, readyAt: watch.last)
        case .pieces(let body):
            let maker = AnswerStream(body, coding: negotiation.coding, timings, self)
            guard let stream = maker.begin() else { return answer(.uncompressed) }
            timings.write = watch.lap()
            var response = head(of: content, negotiation.coding, timings)
            response.stream = stream
            return Answer(response: dressed(response), maker: maker, timings: timings, readyAt: watch.last)
        }
    }

    /// A response but for its body.
    private func head(of content: AnswerContent, _ coding: ContentCoding, _ timings: Timings) -> Response {
        var lines = FieldLines(content.form.lines(isShapes: entry.isShapes), capacity: 256)
        lines.append("X-Request-Id", id)
        lines.append("Server-Timing") { timings.append(to: &$0) }
        var fields = content.fields
        if coding != .identity { fields.append(HTTPField(name: .contentEncoding, value: coding.rawValue)) }
        return Response(status: .ok, lines: lines, fields: fields)
    }

    func answer(_ problem: Problem, reason: RefusalReason? = nil) -> Answer {
        Answer(response: dressed(problem.response(requestID: id)), reason: reason)
    }

    /// What needs no work on tensors, compressed when the client takes it and it is worth it.
    func answer(_ plain: [UInt8], type: String, fields: [HTTPField] = []) -> Answer {
        var body = plain
        var fields = [HTTPField(name: .contentType, value: type), HTTPField(name: .requestID, value: id)] + fields
        if plain.count >= ServiceConfiguration.smallestCompressed {
            fields.append(HTTPField(name: .vary, value: "Accept-Encoding"))
            let accepted = head.all(.acceptEncoding)
            let coding = accepted.isEmpty ? nil : ContentCoding.negotiate(accepted.joined(separator: ", "))
            if let coding, coding != .identity,
                let coded = coding.encode(plain, level: service.configuration.compressionLevel)
            {
                body = coded
                fields.append(HTTPField(name: .contentEncoding, value: coding.rawValue))
            }
        }
        return Answer(response: dressed(Response(status: .ok, fields: fields, body: body)))
    }

    /// The methods, or what a browser asks before it lets a page ask.
    func optionsAnswer() -> Answer {
        if var response = service.configuration.crossOrigin?.preflight(head, route: route) {
            response.fields.append(HTTPField(name: .requestID, value: id))
            return Answer(response: response)
        }
        let list = route.allowedMethods.map(\.rawValue).joined(separator: ", ")
        let fields = [HTTPField(name: .allow, value: list), HTTPField(name: .requestID, value: id)]
        return Answer(response: dressed(Response(status: .noContent, fields: fields)))
    }

    private func dressed(_ response: consuming Response) -> Response { service.dressed(response, for: head) }
}

// MARK: - Giving answers

extension RequestContext {
    /// Counts and logs the one answer that the client gets.
    func counted(_ answer: consuming Answer) -> Response {
        let (response, timings) = (answer.response, answer.timings)
        let took = (answer.readyAt ?? Instant.now) - receivedAt
        entry.metrics.answered(status: response.status, took: took, timings: timings)
        if let reason = answer.reason { service.metrics.refused(reason) }
        if answer.maker == nil { ended(response.status, sent: response.body.count, took: took, timings: timings) }
        return response
    }

    /// Counts and logs what has been sent.
    func ended(_ status: HTTPResponse.Status, sent: Int, took: Duration, timings: Timings?) {
        service.metrics.transferred(received: receivedCount, sent: sent)
        service.log.answered(
            head,
            peer: peer,
            id: id,
            status: status,
            received: receivedCount,
            sent: sent,
            took: took,
            timings: timings
        )
    }

    /// Hands over the answer to a request that has left the event loop, unless another was before it.
    func give(_ answer: consuming Answer, through pending: Pending) {
        let (maker, stream) = (answer.maker, answer.response.stream)
        guard pending.claim() else { return stream?.fail() ?? () }
        service.deadlines.remove(pending)
        pending.exchange.respond(counted(answer))
        if let maker, let stream { maker.goOn(stream, here: true) }
    }
}

extension BodyForm {
    /// The fields of every answer in this form: made once.
    fileprivate func lines(isShapes: Bool) -> FieldLines {
        switch self {
        case .json: isShapes ? BodyForm.shapesLines : BodyForm.jsonLines
        case .npy: BodyForm.npyLines
        case .safetensors: BodyForm.safetensorsLines
        }
    }

    private static let shapesLines = FieldLines([
        HTTPField(name: .contentType, value: BodyForm.json.rawValue),
        HTTPField(name: .vary, value: "Accept-Encoding"),
    ])
    private static let jsonLines = lines(of: .json)
    private static let npyLines = lines(of: .npy)
    private static let safetensorsLines = lines(of: .safetensors)

    private static func lines(of form: BodyForm) -> FieldLines {
        FieldLines([
            HTTPField(name: .contentType, value: form.rawValue),
            HTTPField(name: .vary, value: "Accept, Accept-Encoding"),
        ])
    }
}

extension ContentCoding {
    /// The whole of `bytes` in this coding; `nil` when zlib has no memory for it.
    fileprivate func encode(_ bytes: [UInt8], level: Int) -> [UInt8]? {
        var output: [UInt8] = []
        do throws(CompressionError) {
            var deflater = try Deflater(self, level: level)
            try deflater.append(bytes.span.bytes, to: &output)
            try deflater.finish(to: &output)
        } catch {
            return nil
        }
        return output
    }
}
