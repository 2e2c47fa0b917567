import Compression
import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import TensorCoding

/// One request on its way to its answer: what is known of it from the start.
///
/// A value, as most requests are answered before the one function that made it returns. It holds a handful of references,
/// so that it is lent from one function to the next, and copied only for a request that leaves the event loop.
struct RequestContext: ~Copyable, Sendable {
    let service: Service
    let head: RequestHead
    let terms: RequestTerms
    let id: String
    let peer: String
    let receivedAt: Instant
    /// When the answer is no longer wanted.
    let deadline: Instant
    let receivedCount: Int

    @inline(__always)
    init(service: Service, request: borrowing Request, terms: RequestTerms) {
        self.service = service
        self.terms = terms
        head = request.head
        peer = request.peer
        id = service.ids.id(for: request.head)
        receivedAt = request.receivedAt
        deadline = request.receivedAt.after(nanoseconds: terms.limit)
        receivedCount = request.body.count
    }

    private init(copying other: borrowing RequestContext) {
        service = other.service
        head = other.head
        terms = other.terms
        id = other.id
        peer = other.peer
        receivedAt = other.receivedAt
        deadline = other.deadline
        receivedCount = other.receivedCount
    }

    /// For whoever goes on with the request when the event loop no longer does.
    func copy() -> RequestContext { RequestContext(copying: self) }

    var entry: Router.Entry { terms.entry }
    var route: Route { entry.route }
}

/// What is said to a request, and what is counted of it beside its status. There is one, which is handed on.
struct Answer: ~Copyable, Sendable {
    var response: Response
    /// Where tensors were worked on.
    var timings: Timings?
    /// When it was ready.
    var readyAt = Instant.now
    /// Where it was turned away.
    var reason: RefusalReason?
    /// Where the response is streamed: what makes the rest.
    var maker: AnswerStream?

    /// Hands the response over; an empty one stays behind.
    mutating func takeResponse() -> Response {
        var taken = Response(status: .ok)
        swap(&taken, &response)
        return taken
    }
}

// MARK: - Making answers

extension RequestContext {
    /// A result, compressed when the client takes it and it is worth it. `watch` has been running since the result was
    /// there.
    func answer(
        _ content: consuming AnswerContent,
        _ timings: consuming Timings,
        _ watch: consuming Stopwatch,
        _ memory: inout AnswerMemory
    ) -> Answer {
        // It is made in its place: what is put together elsewhere is counted once more on its way there.
        var answer = Answer(
            response: Response(status: .ok, lines: memory.takeLines(), fields: content.fields),
            readyAt: watch.last
        )
        if content.form == terms.negotiation.form {
            answer.response.lines.append(terms.lines, capacity: 384)
        } else {
            answer.response.lines.append(content.form?.lines(entry) ?? BodyForm.octetLines, capacity: 384)
        }
        answer.response.lines.append("X-Request-Id", id)
        switch consume content.body {
        case .pieces(let pieces):
            let coding = terms.negotiation.coding
            answer.response.name(coding)
            timings.write = watch.lap()
            return stream(pieces, coding, answer.response, timings)
        case .whole(let body):
            let coding = terms.negotiation.coding(forCount: body.count)
            if case .identity = coding {
                answer.response.body = body
            } else {
                guard let coded = coding.encode(body, level: service.configuration.compressionLevel) else {
                    return self.answer(.uncompressed)
                }
                answer.response.body = coded
                answer.response.name(coding)
            }
        }
        timings.write = watch.lap()
        answer.response.lines.append("Server-Timing", atMost: Timings.mostOctets) { timings.append(to: &$0) }
        service.dress(&answer.response, for: head)
        answer.timings = timings
        answer.readyAt = watch.last
        return answer
    }

    /// A large result, to be sent while it is written. After its first octet nothing can fail but zlib.
    private func stream(
        _ body: PiecewiseBody,
        _ coding: ContentCoding,
        _ head: consuming Response,
        _ timings: Timings
    ) -> Answer {
        let maker = AnswerStream(body, coding: coding, timings, copy())
        let stream = BodyStream(count: coding == .identity ? body.count : nil, maker: maker)
        guard maker.begin(stream) else {
            stream.fail()
            return answer(.uncompressed)
        }
        let timings = maker.timings
        var response = head
        response.lines.append("Server-Timing", atMost: Timings.mostOctets) { timings.append(to: &$0) }
        response.stream = stream
        service.dress(&response, for: self.head)
        return Answer(response: response, maker: maker)
    }

    func answer(_ problem: Problem, reason: RefusalReason? = nil) -> Answer {
        let form: ErrorForm = if case .inference = route { .inference } else { .problem }
        return Answer(response: dressed(problem.response(requestID: id, as: form)), reason: reason)
    }

    /// What needs no work on tensors, compressed when the client takes it and it is worth it.
    func answer(
        _ plain: [UInt8],
        type: String,
        status: HTTPResponse.Status = .ok,
        fields: [HTTPField] = []
    ) -> Answer {
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
        return Answer(response: dressed(Response(status: status, fields: fields, body: body)))
    }

    /// The methods, or what a browser asks before it lets a page ask.
    func optionsAnswer() -> Answer {
        if var response = service.crossOrigin?.preflight(head, route: route) {
            response.fields.append(HTTPField(name: .requestID, value: id))
            return Answer(response: response)
        }
        let list = route.allowedMethods.map(\.rawValue).joined(separator: ", ")
        let fields = [HTTPField(name: .allow, value: list), HTTPField(name: .requestID, value: id)]
        return Answer(response: dressed(Response(status: .noContent, fields: fields)))
    }

    func dressed(_ response: consuming Response) -> Response {
        var response = response
        service.dress(&response, for: head)
        return response
    }
}

// MARK: - Giving answers

extension RequestContext {
    /// The response of a request that was answered on the event loop.
    @inline(__always)
    func given(_ answer: consuming Answer) -> Response {
        count(answer)
        if let stream = answer.response.stream { answer.maker?.goOn(for: stream) }
        return answer.takeResponse()
    }

    /// Hands over the answer to a request that has left the event loop, unless another was before it.
    func give(_ answer: consuming Answer, through pending: Pending) {
        guard pending.claim() else {
            answer.response.stream?.fail()
            return
        }
        service.deadlines.remove(pending)
        count(answer)
        let (maker, stream) = (answer.maker, answer.response.stream)
        pending.exchange.respond(answer.response)
        if let stream { maker?.goOn(for: stream) }
    }

    /// Counts and logs the one answer that the client gets. A streamed one is logged at its end.
    @inline(__always)
    private func count(_ answer: borrowing Answer) {
        let sent = answer.response.stream == nil ? answer.response.body.count : nil
        count(answer.response.status, sent: sent, answer.readyAt, answer.timings, answer.reason)
    }

    private func count(
        _ status: HTTPResponse.Status,
        sent: Int?,
        _ readyAt: Instant,
        _ timings: Timings?,
        _ reason: RefusalReason?
    ) {
        let took = readyAt.nanoseconds(since: receivedAt)
        terms.metrics.answered(status: status, took: took, timings: timings)
        if let reason { service.metrics.refused(reason) }
        guard let sent else { return }
        service.metrics.transferred(received: receivedCount, sent: sent)
        log(status, sent: sent, took: took, timings: timings)
    }

    /// Counts and logs a streamed answer that has been made, or given up.
    func reportStreamed(sent: Int, timings: Timings) {
        terms.metrics.timed(timings)
        service.metrics.transferred(received: receivedCount, sent: sent)
        log(.ok, sent: sent, took: Instant.now.nanoseconds(since: receivedAt), timings: timings)
    }

    private func log(_ status: HTTPResponse.Status, sent: Int, took: Int64, timings: Timings?) {
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
}

extension Response {
    /// Says in which coding the body is.
    fileprivate mutating func name(_ coding: ContentCoding) {
        if coding != .identity { fields.append(HTTPField(name: .contentEncoding, value: coding.rawValue)) }
    }
}

extension BodyForm {
    /// The fields of every answer in this form: made once.
    func lines(_ entry: Router.Entry) -> FieldLines {
        switch self {
        case .json: entry.isShapes ? BodyForm.shapesLines : BodyForm.jsonLines
        case .npy: BodyForm.npyLines
        case .safetensors: BodyForm.safetensorsLines
        }
    }

    private static let shapesLines = lines(json.rawValue, vary: "Accept-Encoding")
    private static let jsonLines = lines(json.rawValue)
    private static let npyLines = lines(npy.rawValue)
    private static let safetensorsLines = lines(safetensors.rawValue)
    fileprivate static let octetLines = lines("application/octet-stream")

    private static func lines(_ type: String, vary: String = "Accept, Accept-Encoding") -> FieldLines {
        FieldLines([HTTPField(name: .contentType, value: type), HTTPField(name: .vary, value: vary)])
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
