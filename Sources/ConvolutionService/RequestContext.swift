import Compression
import HTTPServer
import HTTPTypes
import HTTPWire

/// One request on its way to its answer.
struct RequestContext: Sendable {
    let service: Service
    let head: RequestHead
    let exchange: Exchange
    let route: Route
    let id: String
    /// When the answer is no longer wanted.
    let deadline: ContinuousClock.Instant
    let receivedCount: Int
    var timings = Timings()

    init(service: Service, request: Request, exchange: Exchange, route: Route) {
        self.service = service
        self.exchange = exchange
        self.route = route
        head = request.head
        id = service.ids.id(for: request.head)
        deadline = request.receivedAt + service.configuration.requestTimeout
        receivedCount = request.body.count
    }

    /// Sends JSON, compressed when the client takes it and it is worth it.
    func answer(json: [UInt8], negotiation: Negotiation, started: Stopwatch, writing: Duration) {
        var body = json
        var watch = started
        let coding = negotiation.coding(forCount: json.count)
        var fields = [
            HTTPField(name: .contentType, value: "application/json"),
            HTTPField(name: .vary, value: "Accept-Encoding"),
            HTTPField(name: .requestID, value: id),
        ]
        if coding != .identity {
            guard let coded = coding.encode(json, level: service.configuration.compressionLevel) else {
                return answer(Problem(.internalServerError, "The answer could not be compressed."))
            }
            body = coded
            fields.append(HTTPField(name: .contentEncoding, value: coding.rawValue))
        }
        var timings = timings
        timings.write = writing + watch.lap()
        fields.append(HTTPField(name: .serverTiming, value: timings.field))
        service.metrics.timed(route: route.label, timings)
        send(Response(status: .ok, fields: fields, body: body), timings: timings)
    }

    func answer(_ problem: Problem) { send(problem.response(requestID: id), timings: nil) }

    /// Sends what needs no work on tensors, compressed when the client takes it and it is worth it.
    func answer(_ plain: [UInt8], type: String, fields: [HTTPField] = []) {
        var body = plain
        var fields = [HTTPField(name: .contentType, value: type), HTTPField(name: .requestID, value: id)] + fields
        if plain.count >= ServiceConfiguration.smallestCompressed {
            fields.append(HTTPField(name: .vary, value: "Accept-Encoding"))
            let accepted = head.fields.all(.acceptEncoding)
            let coding = accepted.isEmpty ? nil : ContentCoding.negotiate(accepted.joined(separator: ", "))
            if let coding, coding != .identity,
                let coded = coding.encode(plain, level: service.configuration.compressionLevel)
            {
                body = coded
                fields.append(HTTPField(name: .contentEncoding, value: coding.rawValue))
            }
        }
        send(Response(status: .ok, fields: fields, body: body), timings: nil)
    }

    func answer(allow route: Route) {
        let list = route.allowedMethods.map(\.rawValue).joined(separator: ", ")
        let fields = [HTTPField(name: .allow, value: list), HTTPField(name: .requestID, value: id)]
        send(Response(status: .noContent, fields: fields), timings: nil)
    }

    private func send(_ response: Response, timings: Timings?) {
        let sent = response.body.count
        service.metrics.answered(route: route.label, status: response.status, received: receivedCount, sent: sent)
        service.log.answered(head, id: id, status: response.status, sent: sent, timings: timings)
        exchange.respond(response)
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
