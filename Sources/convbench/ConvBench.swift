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

    /// Pieces up to so many octets are kept when they are freed, as the server keeps them.
    private static let keptPieces: Int32 = 32 << 20

    static func main() {
        keep_freed_memory(keptPieces)
        main(nil)
    }
}
