import ArgumentParser
import ConvolutionEngine
import TensorCoding

/// What a request for one operation costs between its body and the body of its answer, stage by stage.
struct RequestBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Measures decoding, planning, running and answering a request; prints one JSON line (nanoseconds)."
    )

    @Argument(help: "A request body.")
    var file: String

    @Option(help: "The operation that it is for.")
    var operation = "conv2d"

    @Option(help: "How often each stage is repeated for one sample; the fastest of 21 samples counts.")
    var count = 1000

    func run() throws {
        let body = try bodyContents(of: file)
        let engine = Engine()
        let request = try decode(body)
        let plan = try self.plan(request, engine)
        guard let result = engine.run(plan, input: request.input) else { return }

        var line = JSONWriter()
        line.beginObject()
        try measure("decode_ns", &line) { _ = try decode(body) }
        try measure("plan_ns", &line) { _ = try self.plan(request, engine) }
        measure("run_ns", &line) { _ = engine.run(plan, input: request.input) }
        measure("write_ns", &line) { _ = answer(result) }
        try measure("all_ns", &line) {
            let request = try decode(body)
            guard let result = engine.run(try self.plan(request, engine), input: request.input) else { return }
            _ = answer(result)
        }
        line.endObject()
        print(String(decoding: line.bytes, as: UTF8.self))
    }

    private func decode(_ body: [UInt8]) throws -> OperationRequest {
        try OperationRequest.decode(operation: operation, body: body.span.bytes)
    }

    private func plan(_ request: OperationRequest, _ engine: Engine) throws -> Plan {
        try engine.plan(request.operation, input: request.input.shape)
    }

    private func answer(_ result: NetworkResult) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("output")
        json.tensor(result.output, encoding: .nested)
        json.key("shape")
        json.shape(result.output.shape)
        json.endObject()
        return json.bytes
    }

    private func measure(_ name: String, _ line: inout JSONWriter, _ work: () throws -> Void) rethrows {
        let clock = ContinuousClock()
        var best = Duration.seconds(3600)
        for _ in 0..<21 {
            best = min(best, try clock.measure { for _ in 0..<max(1, count) { try work() } })
        }
        line.key(name)
        line.number((best / .nanoseconds(max(1, count)) * 10).rounded() / 10)
    }
}
