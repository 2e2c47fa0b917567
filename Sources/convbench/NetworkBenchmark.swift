import ArgumentParser
import ConvolutionEngine

/// `convbench network FILE`: the time of a whole network, as a line of JSON, or of each of its layers.
struct NetworkBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network",
        abstract: "Prints the median time of the network in FILE, the body of a POST /v1/shapes, as a line of JSON."
    )

    @OptionGroup var layers: LayersBenchmark

    @Flag(help: "Print the least time that each layer takes in its place in a whole run instead.")
    var byLayer = false

    func run() throws {
        guard byLayer else { return try layers.run() }
        guard case .network(let network)? = try BenchmarkLayer.read(file: layers.file).first?.content else {
            throw ValidationError("\(layers.file) is no network.")
        }
        let engine = Engine(team: try layers.team()), input = network.input
        let plan = try engine.plan(network.network, input: network.inputShape, use: .often)
        let reports = plan.layers
        var least = [Double](repeating: .infinity, count: reports.count)
        for _ in 0..<40 {
            var last = Stopwatch.now()
            _ = engine.run(
                plan,
                input: input,
                finished: { index in
                    let now = Stopwatch.now()
                    least[index] = min(least[index], (now - last) * 1000)
                    last = Stopwatch.now()
                }
            )
        }
        for (report, time) in zip(reports, least) where report.algorithm != "fused" {
            print(line(report, milliseconds: time))
        }
    }

    private func line(_ report: LayerReport, milliseconds: Double) -> String {
        let gflops = LayersBenchmark.rounded(2 * Double(report.multiplyAccumulates) / milliseconds / 1e6, 1)
        return """
            {"name":"\(report.name ?? "")","type":"\(report.type)","shape":\(Array(report.shape)),\
            "ms":\(LayersBenchmark.rounded(milliseconds, 4)),"gflops":\(gflops),"algorithm":"\(report.algorithm)"}
            """
    }
}
