import ArgumentParser
import ConvolutionEngine

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `convbench layers FILE`: the time of each layer in a file, as one line of JSON each.
struct LayersBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers",
        abstract: "Prints the median time of each layer in FILE as a line of JSON.",
        discussion: """
            FILE holds a JSON array of layers. Each has a name, and either input_shape and layer, as POST /v1/shapes takes \
            them, or in short a convolution of planes: c, h, w, k, kh, s, p, d, g (channels, height, width, output \
            channels, kernel size, stride, padding, dilation, groups) and optionally kw. Or FILE is one network, the body \
            of a POST /v1/shapes. Weights are made up and packed before the clock starts; tensors are float32.
            """
    )

    @Argument(help: "A JSON file of layers.")
    var file: String

    @Option(help: "Threads that may work on a layer; 1 also stays on one core. Default: all cores.")
    var threads: Int?

    @Option(
        help: "How to compute what is given in short: auto, direct or winograd.",
        transform: LayersBenchmark.request(named:)
    )
    var algorithm = AlgorithmRequest.auto

    @Flag(
        help:
            "Prepare the weights of what is given in short for each run and count that, as for a request that brings them."
    )
    var once = false

    @Flag(
        help: "Measure what standard input asks for: a line with the number of a layer, or \"peak\", for each answer."
    )
    var onDemand = false

    @Option(help: "Write the float32 elements of the last layer's result to this file.")
    var result: String?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    }

    func run() throws {
        let layers = try BenchmarkLayer.read(file: file)
        let team = try team()
        if onDemand { return try answer(layers, team: team) }
        for layer in layers {
            let prepared = try layer.prepared(team: team, request: algorithm, once: once)
            print(line(layer, prepared, Stopwatch.times(seconds: 0.3, prepared.run)))
            fflush(nil)
            if let result, let tensor = prepared.result() { try write(tensor, to: result) }
        }
    }

    /// The threads asked for; a single one stays where it is.
    func team() throws -> Team {
        if threads == 1, !Team.pinCallingThread() { throw ValidationError("This thread cannot be pinned.") }
        return threads.map(Team.init(size:)) ?? .shared
    }

    /// A layer stays prepared until another is asked for.
    private func answer(_ layers: [BenchmarkLayer], team: Team) throws {
        var held: (index: Int, layer: PreparedLayer)?
        while let question = readLine() {
            if question == "peak" {
                print(#"{"gflops":\#(LayersBenchmark.rounded(PeakProbe.gigaflops(), 1))}"#)
            } else {
                guard let index = Int(question), layers.indices.contains(index) else {
                    throw ValidationError("There is no layer \(question).")
                }
                if held?.index != index {
                    held = nil
                    held = (index, try layers[index].prepared(team: team, request: algorithm, once: once))
                }
                guard let prepared = held?.layer else { continue }
                print(line(layers[index], prepared, Stopwatch.times(seconds: 0.05, prepared.run)))
            }
            fflush(nil)
        }
    }

    private static func request(named name: String) throws -> AlgorithmRequest {
        guard let request = AlgorithmRequest(rawValue: name) else {
            throw ValidationError("\(name) is none of auto, direct and winograd.")
        }
        return request
    }

    private func line(_ layer: BenchmarkLayer, _ prepared: PreparedLayer, _ times: Stopwatch.Times) -> String {
        let gflops = 2 * Double(prepared.multiplyAccumulates) / times.median / 1e6
        let rounded = LayersBenchmark.rounded
        return """
            {"name":\(layer.quotedName),"ms":\(rounded(times.median, 4)),"min_ms":\(rounded(times.least, 4)),\
            "gflops":\(rounded(gflops, 1)),"gbytes_s":\(rounded(Double(prepared.bytes) / times.median / 1e6, 1)),\
            "algorithm":"\(prepared.algorithm)"}
            """
    }

    private func write(_ tensor: Tensor, to path: String) throws {
        guard let stream = fopen(path, "wb") else { throw ValidationError("\(path) cannot be written") }
        defer { fclose(stream) }
        let written = tensor.withElements { fwrite($0.baseAddress, MemoryLayout<Float>.stride, $0.count, stream) }
        guard written == tensor.shape.elementCount else { throw ValidationError("\(path) cannot be written") }
    }

    static func rounded(_ value: Double, _ digits: Int) -> Double {
        let scale = pow(10, Double(digits))
        return (value * scale).rounded() / scale
    }
}
