/// A way to compute a convolution that reads the weights in the order in which they came, and so is ready before they are
/// there.
protocol BareAlgorithm: AnyObject, Sendable {
    /// Writes every element of the output.
    ///
    /// - Parameters:
    ///   - weights: [C_out, C_in / groups, kD, kH, kW]
    ///   - finish: as of a `FinishingExecutor`.
    func run(
        input: UnsafePointer<Float>,
        weights: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void,
        team: Team
    )
}

/// Such a way with its weights.
struct BareExecutor: FinishingExecutor {
    let algorithm: any BareAlgorithm
    let weight: Tensor

    var preparedBytes: Int { 0 }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void,
        team: Team
    ) {
        weight.withElements { elements in
            guard let weights = elements.baseAddress else { return }
            algorithm.run(input: input, weights: weights, bias: bias, output: output, finish: finish, team: team)
        }
    }
}
