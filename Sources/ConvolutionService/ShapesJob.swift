import ConvolutionEngine
import HTTPServer
import TensorCoding

/// `POST /v1/shapes`: what is known of each layer without any number.
struct ShapesJob: Job {
    private let reports: [ShapeReport]
    private let timings: Timings

    init(
        decoding sent: [UInt8],
        _ context: borrowing RequestContext,
        _ watch: inout Stopwatch
    ) throws(Problem) {
        let body = try context.document(in: sent)
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
        _ context: borrowing RequestContext,
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
        return context.answer(AnswerContent(json: json.bytes), timings, watch, &memory)
    }
}
