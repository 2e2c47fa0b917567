import ArgumentParser
import ConvolutionEngine

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `convbench layers FILE`: the time of each convolution in a file, as one line of JSON each.
struct LayersBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers",
        abstract: "Prints the median time of each layer in FILE as a line of JSON.",
        discussion: """
            FILE holds a JSON array of objects with the keys name, c, h, w, k, kh, s, p, d, g (channels, height, width, \
            output channels, kernel size, stride, padding, dilation, groups) and optionally kw. Tensors are NCHW float32 \
            with batch 1; weights are packed and memory is there before the clock starts.
            """
    )

    @Argument(help: "A JSON file of layers.")
    var file: String

    @Option(help: "Threads that may work on a layer; 1 also stays on one core. Default: all cores.")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    }

    func run() throws {
        let layers = try BenchmarkLayer.read(file: file)
        if threads == 1, !Team.pinCallingThread() { throw ValidationError("This thread cannot be pinned.") }
        let team = threads.map(Team.init(size:)) ?? .shared
        for layer in layers {
            print(measure(layer, team: team))
            fflush(nil)
        }
    }

    private func measure(_ layer: BenchmarkLayer, team: Team) -> String {
        let geometry = layer.geometry
        let weight = noise(layer.weightCount)
        let prepared = PreparedConvolution.prepare(geometry, weight: weight, request: .auto, use: .often)
        let output = FloatStorage(capacity: layer.outputCount)
        let milliseconds = noise(layer.inputCount).withElements { input in
            Stopwatch.median { prepared.run(input: input.baseAddress!, bias: nil, output: output.pointer, team: team) }
        }
        let gflops = 2 * Double(layer.multiplyAccumulates) / milliseconds / 1e6
        return """
            {"name":\(layer.quotedName),"ms":\(rounded(milliseconds, 4)),"gflops":\(rounded(gflops, 1)),\
            "algorithm":"\(prepared.algorithm.name)"}
            """
    }

    /// Numbers in −1…1, the same in every run.
    private func noise(_ count: Int) -> Tensor {
        var state: UInt32 = 1
        return Tensor(shape: Shape(checking: [count])!) { buffer in
            for index in buffer.indices {
                state = state &* 1_664_525 &+ 1_013_904_223
                buffer[index] = Float(state >> 8) / Float(1 << 23) - 1
            }
        }
    }

    private func rounded(_ value: Double, _ digits: Int) -> Double {
        let scale = pow(10, Double(digits))
        return (value * scale).rounded() / scale
    }
}
