import ArgumentParser

/// `convbench network FILE`: the time of a whole network, as a line of JSON.
struct NetworkBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network",
        abstract: "Prints the median time of the network in FILE, the body of a POST /v1/shapes, as a line of JSON."
    )

    @OptionGroup var layers: LayersBenchmark

    func run() throws { try layers.run() }
}
