import CVectorKernels

/// Convolution by Winograd's minimal filtering: the tiles of a block are transformed, multiplied channel by channel with
/// transformed weights at each point, and transformed back, all in the second-level cache.
///
/// Its error bound is normwise: see `WinogradScheme.errorBound`. An infinity or NaN in a tile would spoil all of the tile, and so would an overflow in between; wherever
/// the direct sum is not finite, an output here is not either. So when an output is not finite, the whole layer is
/// computed again by direct summation, whose answer stands.
struct WinogradConvolution: ConvolutionExecutor {
    let geometry: ConvolutionGeometry
    let kernels: KernelSet
    let plan: WinogradPlan
    let weights: WinogradFilters
    private let fallback: DirectFallback

    init(_ plan: WinogradPlan, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        geometry = plan.geometry
        self.kernels = kernels
        self.plan = plan
        weights =
            if plan.isFew {
                .few(WinogradFewWeights(geometry, plan.scheme, weight: weight, kernels: kernels))
            } else {
                .tiles(WinogradWeights(geometry, plan.scheme, weight: weight, kernels: kernels))
            }
        fallback = DirectFallback(geometry, weight: weight, kernels: kernels, blocking: blocking)
    }

    /// The packed weights of the direct way among them, which are there once it was needed.
    var preparedBytes: Int {
        let packed = geometry.groups * geometry.outputChannels * geometry.depth * MemoryLayout<Float>.stride
        return weights.byteCount + packed
    }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        let layer = WinogradLayer(convolution: self, input: input, bias: bias, output: output)
        layer.run(team: team)
        if layer.spoilt.isRaised, !team.isStopped {
            fallback.executor.run(input: input, bias: bias, output: output, team: team)
        }
    }
}

/// Transformed weights, in the order that suits the number of tiles.
enum WinogradFilters: Sendable {
    case tiles(WinogradWeights)
    case few(WinogradFewWeights)

    var byteCount: Int {
        switch self {
        case .tiles(let weights): weights.byteCount
        case .few(let weights): weights.byteCount
        }
    }
}
