/// Everything that a plan says of one convolution layer by itself, but for the layer's numbers.
///
/// A request brings other numbers than the one before, but seldom other sizes; and a tiny layer is computed in a fraction of
/// the time that it takes to plan it. Only for layers whose algorithm reads its weights as they came.
final class BareConvolution: Sendable {
    let facts: PlanFacts
    let algorithm: ConvolutionAlgorithm
    /// The plan's only layer.
    let report: LayerReport
    private let executor: any BareAlgorithm
    private let key: Key
    /// Whether infinite and NaN weights want another algorithm.
    private let wantsFiniteWeights: Bool

    /// The layers that it stands for.
    private struct Key: Sendable {
        let layer: Convolution
        let weight: Shape
        let bias: Shape?
        let input: Shape
        let limits: PlanLimits
    }

    /// Takes a plan's numbers away; `nil` where the plan is not of this kind.
    ///
    /// - Parameter list: The plan of `layer` for `input` within `limits`.
    init?(of list: StepList, _ layer: Convolution, weight: Tensor, input: Shape, limits: PlanLimits) {
        guard list.steps.count == 1, case .convolution(let work) = list.steps[0].work, let executor = work.bareExecutor
        else { return nil }
        facts = list.facts
        algorithm = executor.algorithm
        report = list.steps[0].report
        self.executor = executor.bare
        wantsFiniteWeights =
            executor.algorithm == .winogradRows || executor.algorithm != .plain && work.geometry.reachesPadding
        var bare = layer
        bare.weight = .unspecified(outChannels: 0, kernelSize: Spatial(repeating: 0))
        bare.bias = nil
        key = Key(layer: bare, weight: weight.shape, bias: layer.bias?.shape, input: input, limits: limits)
    }

    /// Whether this is what would be planned anew, but for the numbers.
    func stands(for layer: Convolution, weight: Tensor, input: Shape, limits: PlanLimits) -> Bool {
        let known = key.layer
        return key.input == input && key.weight == weight.shape && key.bias == layer.bias?.shape
            && known.spatialRank == layer.spatialRank && known.groups == layer.groups
            && known.stride == layer.stride && known.dilation == layer.dilation && known.padding == layer.padding
            && known.paddingMode == layer.paddingMode && known.algorithm == layer.algorithm
            && known.countsBias == layer.countsBias && key.limits == limits
            && !(wantsFiniteWeights && weight.hasNonfinite(.chosen))
    }

    /// A function of its own: where it is part of its caller, that counts all that is captured here.
    @inline(never)
    func run(_ input: Tensor, weight: Tensor, bias: Tensor?, team: Team) -> Tensor {
        input.computed(facts.outputShape) { input, output in
            weight.withElements { weight in
                guard let weights = weight.baseAddress else { return }
                guard let bias else {
                    return executor.run(
                        input: input,
                        weights: weights,
                        bias: nil,
                        output: output,
                        finish: { _ in },
                        team: team
                    )
                }
                bias.withElements { bias in
                    executor.run(
                        input: input,
                        weights: weights,
                        bias: bias.baseAddress,
                        output: output,
                        finish: { _ in },
                        team: team
                    )
                }
            }
        }
    }
}
