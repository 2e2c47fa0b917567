import ConvolutionEngine

/// How fast this core multiplies and adds when nothing else is in the way.
enum PeakProbe {
    /// The best of a few short runs, each product and each sum counted.
    static func gigaflops() -> Double {
        let kernels = KernelSet.chosen, rounds = 200_000
        let operations = Double(24 * kernels.laneCount * rounds)
        let least = Stopwatch.times(seconds: 0.02) { _ = kernels.multiplyAdd(rounds: rounds) }.least
        return operations / least / 1e6
    }
}
