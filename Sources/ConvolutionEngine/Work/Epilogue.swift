import CVectorKernels

/// What else is done to a convolution's result before anybody sees it: another tensor added, then an activation.
struct Epilogue: Sendable {
    var addsResidual = false
    var activation: Activation?

    /// In place. The residual is as long as the output; `nil` unless one is added.
    func run(
        _ output: UnsafeMutablePointer<Float>,
        count: Int,
        residual: UnsafePointer<Float>?,
        team: Team,
        kernels: KernelSet = .chosen
    ) {
        guard activation != nil || residual != nil else { return }
        let microseconds = (activation?.microseconds ?? 0) + 50
        team.forEachRun(of: count, microseconds: microseconds) { run in
            let part = output + run.lowerBound
            if let residual { kernels.functions.add(part, residual + run.lowerBound, run.count, part) }
            activation?.apply(part, count: run.count, output: part, kernels: kernels)
        }
    }
}
