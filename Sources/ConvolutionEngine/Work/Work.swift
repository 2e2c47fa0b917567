/// One layer, checked and reduced to what computing it needs. Nothing in here can fail.
enum Work: Sendable {
    case convolution(ConvolutionWork)
    indirect case transposedConvolution(TransposedConvolutionWork)
    indirect case pooling(PoolingWork)
    indirect case adaptivePooling(AdaptivePoolingWork)
    indirect case unpooling(UnpoolingWork)
    indirect case unfold(BlockWork)
    indirect case fold(BlockWork)
    case activation(Activation)
    indirect case prelu(PReLUWork)
    indirect case softmax(SoftmaxWork)
    indirect case batchNormalization(BatchNormalizationWork)
    indirect case layerNormalization(LayerNormalizationWork)
    indirect case groupNormalization(GroupNormalizationWork)
    indirect case localResponseNormalization(LocalResponseNormalizationWork)
    indirect case linear(LinearWork)
    indirect case scale(ScaleWork)
    case reshape
    /// Done by the step before: hands on what it reads.
    case fused
    /// Done by a step to come, which reads what this one reads.
    case absorbed
    indirect case separable(SeparableWork)
    indirect case pad(PadWork)
    indirect case upsample(UpsampleWork)
    indirect case broadcast(BroadcastWork)
    indirect case concatenate(ConcatenateWork)
}

/// What one layer gives.
struct LayerResult {
    var tensor: Tensor
    /// Of max pooling that keeps indices.
    var indices: IndexTensor?

    init(_ tensor: Tensor, indices: IndexTensor? = nil) {
        self.tensor = tensor
        self.indices = indices
    }
}

extension Work {
    /// To be said before anything else is asked.
    mutating func willRunOften() {
        switch self {
        case .convolution(let work): work.use = .often
        case .transposedConvolution(var work):
            work.use = .often
            self = .transposedConvolution(work)
        default: break
        }
    }

    /// Packs weights, once for all runs of a plan.
    mutating func prepare(_ cache: WeightCache) {
        switch self {
        case .convolution(let work): work.prepare(cache)
        case .separable(var work):
            work.prepare(cache)
            self = .separable(work)
        case .transposedConvolution(var work):
            work.prepare()
            self = .transposedConvolution(work)
        default:
            break
        }
    }

    /// What computes it, for reports.
    var algorithm: String {
        switch self {
        case .convolution(let work): work.algorithm
        case .transposedConvolution(let work): work.algorithm
        case .reshape: "view"
        case .fused, .absorbed: "fused"
        case .separable: "separable"
        default: "rows"
        }
    }

    /// Bytes of weights in another form that the plan holds beside the packed ones. Only asked of layers whose cost is within
    /// the limits.
    var transformedBytes: Int {
        switch self {
        case .convolution(let work): work.transformedBytes
        case .transposedConvolution(let work): work.transformedBytes
        default: 0
        }
    }

    /// Bytes beside inputs and output while it runs on `threads` threads; `nil` when 64 bits do not hold them. Only asked
    /// of layers whose cost is within the limits.
    func workspaceBytes(threads: Int) -> Int? {
        switch self {
        case .convolution(let work): work.workspaceBytes(threads: threads)
        case .transposedConvolution(let work): work.workspaceBytes(threads: threads)
        case .separable(let work): work.workspaceBytes(threads: threads)
        case .pooling(let work): work.workspaceBytes(threads: threads)
        case .adaptivePooling(let work): work.workspaceBytes
        case .upsample(let work): work.workspaceBytes(threads: threads)
        default: 0
        }
    }

    /// Whether the result is what it reads, at no cost.
    var handsOn: Bool {
        switch self {
        case .fused, .absorbed: true
        default: false
        }
    }

    /// Whether it can write its result to a place that it is told.
    var takesPlace: Bool {
        switch self {
        case .convolution, .separable: true
        default: false
        }
    }

    /// Whether the result has indices beside it.
    var givesIndices: Bool {
        switch self {
        case .pooling(let work): work.reduction == .maximum(returnsIndices: true)
        case .adaptivePooling(let work): work.reduction == .maximum(returnsIndices: true)
        default: false
        }
    }

    /// Computes a result that has at least one element. All but combinations read `first` alone.
    ///
    /// - Parameter place: where the result goes, of those that may be told.
    func run(
        _ first: Tensor,
        _ rest: [Tensor] = [],
        outputShape shape: Shape,
        into place: TensorPlace? = nil,
        team: Team
    ) -> LayerResult {
        switch self {
        case .convolution(let work):
            LayerResult(work.run(first, residual: rest.first, outputShape: shape, into: place, team: team))
        case .separable(let work):
            LayerResult(work.run(first, residual: rest.first, outputShape: shape, into: place, team: team))
        case .transposedConvolution(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .pooling(let work): work.run(first, outputShape: shape, team: team)
        case .adaptivePooling(let work): work.run(first, outputShape: shape, team: team)
        case .unpooling(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .unfold(let work): LayerResult(work.unfold(first, outputShape: shape, team: team))
        case .fold(let work): LayerResult(work.fold(first, outputShape: shape, team: team))
        case .activation(let function): LayerResult(function.run(first, outputShape: shape, team: team))
        case .prelu(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .softmax(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .batchNormalization(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .layerNormalization(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .groupNormalization(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .localResponseNormalization(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .linear(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .scale(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .reshape: LayerResult(first.reshaped(shape))
        case .fused, .absorbed: LayerResult(first)
        case .pad(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .upsample(let work): LayerResult(work.run(first, outputShape: shape, team: team))
        case .broadcast(let work): LayerResult(work.run([first] + rest, outputShape: shape, team: team))
        case .concatenate(let work):
            LayerResult(work.run([first] + rest, outputShape: shape, into: place, team: team))
        }
    }
}
