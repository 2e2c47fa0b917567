import ArgumentParser
import ConvolutionEngine
import TensorCoding

/// Reads the `input` tensor of a request body from text, and writes it back, over and over. One thread writes.
struct JSONBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "json",
        abstract:
            "Measure reading and writing a tensor as JSON; prints one JSON line (nanoseconds, 10^6 octets a second)."
    )

    @Argument(help: "A request body with an `input` tensor.")
    var file: String

    @Option(help: "Least seconds to measure each way.")
    var seconds = 1.0

    @Option(help: "Threads that read.")
    var threads = 1

    func run() throws {
        let body = try bodyContents(of: file)
        guard let range = try jsonRange(ofMember: "input", in: body.span.bytes) else {
            throw ValidationError("\(file) has no \"input\"")
        }
        let text = Array(body[range])
        let tensor = try Tensor(json: text.span.bytes)
        let numbers = tensor.shape.elementCount
        guard numbers > 0 else { throw ValidationError("the input of \(file) has no elements") }

        let team = threads > 1 ? Team(size: threads) : nil
        let reading = try fastest { _ = try Tensor(json: text.span.bytes, team: team) }
        var written = 0
        // As the server writes a large answer: piece by piece, into memory that was used before.
        var json = JSONWriter(postponingTensors: true)
        json.tensor(tensor, encoding: .nested)
        var piece: [UInt8] = []
        let writing = fastest {
            var rest = json.body
            written = 0
            while let next = rest.next(numbers: 8192) {
                piece.removeAll(keepingCapacity: true)
                rest.append(next, to: &piece)
                written += piece.count
            }
        }

        var line = JSONWriter()
        line.beginObject()
        line.key("numbers")
        line.integer(numbers)
        line.key("read_ns_per_number")
        line.number(rounded(reading * 1e9 / Double(numbers)))
        line.key("write_ns_per_number")
        line.number(rounded(writing * 1e9 / Double(numbers)))
        line.key("read_mb_s")
        line.number(rounded(Double(text.count) / reading / 1e6))
        line.key("write_mb_s")
        line.number(rounded(Double(written) / writing / 1e6))
        line.endObject()
        print(String(decoding: line.bytes, as: UTF8.self))
    }

    /// The shortest time of one call, in seconds: what the code takes when nothing disturbs it.
    private func fastest(_ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var best = Duration.seconds(3600)
        var calls = 0
        while calls < 3 || clock.now - start < .seconds(seconds) {
            best = min(best, try clock.measure(work))
            calls += 1
        }
        return best / .seconds(1)
    }

    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
