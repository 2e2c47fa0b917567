import ArgumentParser

@main
struct ConvBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convbench",
        abstract: "Measures the parts of convserve.",
        subcommands: [JSONBenchmark.self]
    )
}
