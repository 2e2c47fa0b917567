import CVectorKernels

/// What else is done to a convolution's result before anybody sees it: another tensor added, then an activation.
struct Epilogue: Sendable {
    var addsResidual = false
    var activation: Activation?

    var isEmpty: Bool { !addsResidual && activation == nil }

    /// In place, all of it on the team. The residual is as long as the output; `nil` unless one is added.
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
            let residual = residual.map { $0 + run.lowerBound }
            apply(output + run.lowerBound, count: run.count, residual: residual, kernels: kernels)
        }
    }

    /// In place, on this thread.
    func apply(
        _ output: UnsafeMutablePointer<Float>,
        count: Int,
        residual: UnsafePointer<Float>?,
        kernels: KernelSet = .chosen
    ) {
        if let residual { kernels.functions.add(output, residual, count, output) }
        activation?.apply(output, count: count, output: output, kernels: kernels)
    }
}
