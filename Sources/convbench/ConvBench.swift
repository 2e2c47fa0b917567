import ArgumentParser
import CLinux

/// Measures parts of the service on this machine.
@main
struct ConvBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convbench",
        abstract: "Measures the engine and the tensor coding on this machine.",
        subcommands: [
            LayersBenchmark.self, NetworkBenchmark.self, ConcurrencyBenchmark.self, JSONBenchmark.self,
            RequestBenchmark.self, FloatsCheck.self,
        ]
    )

    static func main() {
        // As the server does.
        keep_freed_memory()
        main(nil)
    }
}
