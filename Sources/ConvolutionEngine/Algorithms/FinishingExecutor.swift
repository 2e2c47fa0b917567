/// An executor that does what follows the convolution to each part of the output as soon as it is written, while it is still
/// in a cache. Only one that never writes a part again can.
protocol FinishingExecutor: ConvolutionExecutor {
    /// - Parameter finish: called for runs of the output that are complete, each element in one of them, on any thread.
    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void,
        team: Team
    )
}

extension FinishingExecutor {
    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        run(input: input, bias: bias, output: output, finish: { _ in }, team: team)
    }
}

extension PreparedConvolution {
    /// Writes every element of the output, then does the epilogue to it.
    ///
    /// - Parameter residual: as long as the output; `nil` unless one is added.
    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        epilogue: Epilogue,
        residual: UnsafePointer<Float>?,
        team: Team
    ) {
        guard let executor = executor as? any FinishingExecutor, !epilogue.isEmpty else {
            run(input: input, bias: bias, output: output, team: team)
            let count = geometry.batch * geometry.outputFloats
            return epilogue.run(output, count: count, residual: residual, team: team)
        }
        guard geometry.batch * geometry.outputFloats > 0 else { return }
        if residual == nil, let ceiling = epilogue.activation?.ceiling, let matrix = executor as? MatrixConvolution {
            return matrix.run(input: input, bias: bias, output: output, ceiling: ceiling, team: team)
        }
        let finish = { (run: UnsafeMutableBufferPointer<Float>) in
            guard let first = run.baseAddress else { return }
            epilogue.apply(first, count: run.count, residual: residual.map { $0 + (first - output) })
        }
        executor.run(input: input, bias: bias, output: output, finish: finish, team: team)
    }
}
