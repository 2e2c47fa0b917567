import ArgumentParser
import ConvolutionEngine
import TensorCoding

/// Reads the `input` tensor of a request body from text, and writes it back, over and over.
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

    @Option(help: "Threads that read and write.")
    var threads = 1

    @Option(help: "The form that is written: nested, flat or base64.")
    var encoding = TensorEncoding.nested

    func run() throws {
        let body = try bodyContents(of: file)
        guard let range = try jsonRange(ofMember: "input", in: body.span.bytes) else {
            throw ValidationError("\(file) has no \"input\"")
        }
        let text = Array(body[range])
        let tensor = try Tensor(json: text.span.bytes)
        let numbers = tensor.shape.elementCount
        guard numbers > 0 else { throw ValidationError("the input of \(file) has no elements") }

        let team = Team(size: threads)
        let reading = try fastest { _ = try Tensor(json: text.span.bytes, team: threads > 1 ? team : nil) }
        // As the server writes a large answer: window by window of pieces, into memory that was used before.
        var json = JSONWriter(postponingTensors: true)
        json.tensor(tensor, encoding: encoding)
        var pieces = [[UInt8]](repeating: [], count: threads > 1 ? 2 * threads : 1)
        var written = 0
        let writing = fastest { written = write(json.body, by: team, into: &pieces) }

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

    /// Writes a body once, as many pieces at a time as there are; gives its octets.
    private func write(_ body: PiecewiseBody, by team: Team, into pieces: inout [[UInt8]]) -> Int {
        var rest = body
        var written = 0
        while true {
            var laidOut: [PiecewiseBody.Piece] = []
            while laidOut.count < pieces.count, let next = rest.next(numbers: 8192) { laidOut.append(next) }
            if laidOut.isEmpty { return written }
            let body = rest
            pieces.withUnsafeMutableBufferPointer { pieces in
                // Each task writes its own element, emptied meanwhile so that it grows in place.
                let slots = Slots(pieces: pieces)
                team.run(tasks: laidOut.count) { index in
                    var piece: [UInt8] = []
                    swap(&piece, &slots.pieces[index])
                    piece.removeAll(keepingCapacity: true)
                    body.append(laidOut[index], to: &piece)
                    swap(&piece, &slots.pieces[index])
                }
            }
            for piece in pieces.prefix(laidOut.count) { written += piece.count }
        }
    }

    private struct Slots: @unchecked Sendable {
        let pieces: UnsafeMutableBufferPointer<[UInt8]>
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

extension TensorEncoding: ExpressibleByArgument {}
