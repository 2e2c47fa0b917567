import Compression
import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire

/// One request on its way to its answer.
struct RequestContext: Sendable {
    let service: Service
    let head: RequestHead
    let exchange: Exchange
    let route: Route
    let metrics: RouteMetrics
    let id: String
    let peer: String
    let receivedAt: ContinuousClock.Instant
    /// When the answer is no longer wanted.
    let deadline: ContinuousClock.Instant
    let receivedCount: Int
    /// Once the request has left the event loop.
    var pending: Pending?
    /// When it began to wait for its place, or its next.
    var enqueuedAt: ContinuousClock.Instant
    var timings = Timings()

    init(
        service: Service,
        request: Request,
        exchange: Exchange,
        route: Route,
        metrics: RouteMetrics,
        limit: Duration
    ) {
        self.service = service
        self.exchange = exchange
        self.route = route
        self.metrics = metrics
        head = request.head
        peer = request.peer
        id = service.ids.id(for: request.head)
        receivedAt = request.receivedAt
        enqueuedAt = request.receivedAt
        deadline = request.receivedAt + limit
        receivedCount = request.body.count
    }

    /// Sends a result, compressed when the client takes it and it is worth it.
    func answer(_ content: AnswerContent, negotiation: Negotiation, started: Stopwatch, writing: Duration) {
        var body = content.bytes
        var watch = started
        let coding = negotiation.coding(forCount: body.count)
        var fields: [HTTPField] = []
        fields.reserveCapacity(6)
        fields.append(content.form == .json ? .json : HTTPField(name: .contentType, value: content.type))
        fields.append(route == .shapes ? .varyEncoding : .varyFormAndEncoding)
        fields.append(HTTPField(name: .requestID, value: id))
        fields += content.fields
        if coding != .identity {
            guard
                let coded = coding.encode(
                    body,
                    level: service.configuration.compressionLevel,
                    team: service.engine.team
                )
            else {
                return answer(Problem(.internalServerError, "The answer could not be compressed."))
            }
            body = coded
            fields.append(HTTPField(name: .contentEncoding, value: coding.rawValue))
        }
        var timings = timings
        timings.write = writing + watch.lap()
        fields.append(HTTPField(name: .serverTiming, value: timings.field))
        send(Response(status: .ok, fields: fields, body: body), timings: timings)
    }

    func answer(_ problem: Problem, reason: RefusalReason? = nil) {
        let form: ErrorForm = if case .inference = route { .inference } else { .problem }
        send(problem.response(requestID: id, as: form), timings: nil, reason: reason)
    }

    /// Sends what needs no work on tensors, compressed when the client takes it and it is worth it.
    func answer(
        _ plain: [UInt8],
        type: String,
        status: HTTPResponse.Status = .ok,
        fields: [HTTPField] = []
    ) {
        var body = plain
        var fields = [HTTPField(name: .contentType, value: type), HTTPField(name: .requestID, value: id)] + fields
        if plain.count >= ServiceConfiguration.smallestCompressed {
            fields.append(HTTPField(name: .vary, value: "Accept-Encoding"))
            let accepted = head.fields.all(.acceptEncoding)
            let coding = accepted.isEmpty ? nil : ContentCoding.negotiate(accepted.joined(separator: ", "))
            if let coding, coding != .identity,
                let coded = coding.encode(
                    plain,
                    level: service.configuration.compressionLevel,
                    team: service.engine.team
                )
            {
                body = coded
                fields.append(HTTPField(name: .contentEncoding, value: coding.rawValue))
            }
        }
        send(Response(status: status, fields: fields, body: body), timings: nil)
    }

    /// Sends the methods, or what a browser asks before it lets a page ask.
    func answerOptions() {
        if var response = service.configuration.crossOrigin?.preflight(head, route: route) {
            response.fields.append(HTTPField(name: .requestID, value: id))
            return deliver(response, timings: nil)
        }
        let list = route.allowedMethods.map(\.rawValue).joined(separator: ", ")
        let fields = [HTTPField(name: .allow, value: list), HTTPField(name: .requestID, value: id)]
        send(Response(status: .noContent, fields: fields), timings: nil)
    }

    func send(_ response: consuming Response, timings: Timings?, reason: RefusalReason? = nil) {
        deliver(service.dressed(response, for: head), timings: timings, reason: reason)
    }

    /// Counts, logs and hands over the answer, unless another was before it.
    private func deliver(_ response: Response, timings: Timings?, reason: RefusalReason? = nil) {
        if let pending {
            guard pending.claim() else { return }
            service.deadlines.remove(pending)
        }
        let took = ContinuousClock.now - receivedAt
        metrics.answered(status: response.status, took: took)
        if let timings { metrics.timed(timings) }
        if let reason { service.metrics.refused(reason) }
        service.metrics.transferred(received: receivedCount, sent: response.body.count)
        service.log.answered(
            head,
            peer: peer,
            id: id,
            response: response,
            received: receivedCount,
            took: took,
            timings: timings
        )
        exchange.respond(response)
    }
}

extension HTTPField {
    /// Made once: every answer with numbers has them.
    fileprivate static let json = HTTPField(name: .contentType, value: "application/json")
    fileprivate static let varyEncoding = HTTPField(name: .vary, value: "Accept-Encoding")
    fileprivate static let varyFormAndEncoding = HTTPField(name: .vary, value: "Accept, Accept-Encoding")
}

extension ContentCoding {
    /// The whole of `bytes` in this coding; `nil` when zlib has no memory for it.
    fileprivate func encode(_ bytes: [UInt8], level: Int, team: Team) -> [UInt8]? {
        var output: [UInt8] = []
        do throws(CompressionError) {
            if bytes.count >= ServiceConfiguration.smallestShared {
                return try ParallelDeflater.encode(bytes, self, level: level) { count, body in
                    team.run(tasks: count, body)
                }
            }
            var deflater = try Deflater(self, level: level)
            try deflater.append(bytes.span.bytes, to: &output)
            try deflater.finish(to: &output)
        } catch {
            return nil
        }
        return output
    }
}
