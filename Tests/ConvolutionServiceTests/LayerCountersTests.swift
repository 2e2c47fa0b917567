import Dispatch
import Testing

@testable import ConvolutionService

@Suite struct LayerCountersTests {
    @Test("each layer is counted once by its algorithm, however many threads count and meet a new one")
    func eachLayerIsCountedOnce() {
        let registry = PrometheusRegistry(help: [:])
        let counters = LayerCounters(registry)
        let algorithms = ["direct", "window", "winograd", "plain"]
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<1000 { counters.increment(algorithms[(thread + round) % 4]) }
        }
        let text = registry.exposition()
        for algorithm in algorithms {
            #expect(text.contains(#"convserve_layers_total{algorithm="\#(algorithm)"} 2000"#), "\(text)")
        }
    }
}
