import Compression
import ConvolutionEngine
import HTTPServer
import TensorCoding

/// `POST /v1/shapes`: what is known of each layer without any number.
struct ShapesJob: Job {
    private let reports: [ShapeReport]
    private let negotiation: Negotiation
    private let timings: Timings

    init(
        decoding sent: [UInt8],
        codings: [ContentCoding],
        negotiation: Negotiation,
        _ context: RequestContext,
        _ watch: inout Stopwatch
    ) throws(Problem) {
        self.negotiation = negotiation
        let body = try context.document(in: sent, codings)
        var timings = Timings()
        let request: ShapesRequest
        do throws(CodingError) {
            request = try ShapesRequest.decode(body: body.span.bytes)
        } catch {
            throw Problem(error)
        }
        timings.parse = watch.lap()
        do throws(EngineError) {
            reports = try context.service.engine.shapes(request.network, input: request.inputShape)
        } catch {
            throw Problem(error, route: context.route)
        }
        self.timings = timings
    }

    var isSmall: Bool { true }
    var nanoseconds: Int { 0 }

    func answer(
        _ context: RequestContext,
        after waited: Int64,
        _ pending: Pending?,
        _ watch: Stopwatch,
        _ memory: inout AnswerMemory
    ) -> Answer {
        var timings = timings
        timings.queue = waited
        var watch = watch
        timings.compute += watch.lap()
        var json = JSONWriter(in: memory.takeBody())
        json.shapes(reports)
        return context.answer(AnswerContent(json: json.bytes), negotiation, timings, watch, &memory)
    }
}
