/// A convolution with its kernels; other padding than zeros is first written around a copy of the input.
///
/// Prepared once by the planner, before the plan is anyone else's, and never changed from then on; hence the unchecked
/// conformance.
final class ConvolutionWork: @unchecked Sendable {
    enum Weight: Sendable {
        /// [C_out, C_in / groups, k…]
        case tensor(Tensor)
        /// Repeated for every channel when the plan is made.
        case named(WellKnownKernel)
    }

    let geometry: ConvolutionGeometry
    @exclusivity(unchecked) private(set) var weight: Weight
    /// [C_out]
    private(set) var bias: Tensor?
    private(set) var epilogue = Epilogue()
    private let border: SpatialPadding?
    private let request: AlgorithmRequest
    /// To be set before anything that depends on it is asked for.
    @exclusivity(unchecked) var use = WeightUse.once
    /// `nil` before the plan is prepared, and where the plain loops of the reference run.
    @exclusivity(unchecked) private var prepared: PreparedConvolution?
    @exclusivity(unchecked) private var choice: ConvolutionAlgorithm?

    init(
        geometry: ConvolutionGeometry,
        weight: Weight,
        bias: Tensor?,
        border: SpatialPadding? = nil,
        request: AlgorithmRequest = .auto
    ) {
        self.geometry = geometry
        self.weight = weight
        self.bias = bias
        self.border = border
        self.request = request
    }

    /// Bytes beside input and output while it runs: each thread's own, and the padded copy of the input.
    func workspaceBytes(threads: Int) -> Int? {
        let border = product(product(borderPlanes, border?.output.cells ?? 0), 4)
        guard geometry.suitsAlgorithms else { return border }
        let algorithm = chosenAlgorithm
        return sum(border, product(PreparedConvolution.workspaceBytes(for: geometry, algorithm: algorithm), threads))
    }

    /// Bytes of transformed weights, which stay as long as the plan.
    var transformedBytes: Int {
        guard geometry.suitsAlgorithms else { return 0 }
        return PreparedConvolution.transformedBytes(for: geometry, algorithm: chosenAlgorithm)
    }

    /// Repeats and packs the weights, unless `cache` has them.
    func prepare(_ cache: WeightCache? = nil) {
        if case .named(let kernel) = weight { weight = .tensor(kernel.repeated(geometry.groups)) }
        guard geometry.suitsAlgorithms, case .tensor(let tensor) = weight else { return }
        let algorithm = chosenAlgorithm
        func prepare() -> PreparedConvolution {
            PreparedConvolution.prepare(geometry, weight: tensor, algorithm: algorithm)
        }
        if let cache, algorithm.preparesWeights {
            prepared = cache.convolution(geometry, weight: tensor, request: request, use: use, prepare: prepare)
        } else {
            prepared = prepare()
        }
    }

    /// What will run for finite weights. Costs and workspace depend on it, so it is asked for more than once.
    private var chosenAlgorithm: ConvolutionAlgorithm {
        if let choice { return choice }
        let algorithm = PreparedConvolution.algorithm(for: geometry, request: request, use: use)
        choice = algorithm
        return algorithm
    }

    /// Whether a step may compute it along with others by this algorithm: it was left to choose, and any numbers would do.
    func mayJoin(by algorithm: ConvolutionAlgorithm) -> Bool {
        guard border == nil, request == .auto, geometry.suitsAlgorithms, chosenAlgorithm == algorithm,
            case .tensor(let tensor) = weight
        else { return false }
        return !geometry.reachesPadding || !tensor.hasNonfinite(.chosen)
    }

    /// As a matrix product, once it is prepared, if that is what runs; and the same over windows.
    var matrix: MatrixConvolution? { prepared?.executor as? MatrixConvolution }
    var window: WindowConvolution? { prepared?.executor as? WindowConvolution }

    /// The plan's name for what runs.
    var algorithm: String { prepared?.algorithm.name ?? "reference" }

    /// What runs, where that is all there is to it, it reads the weights as they came, and any finite ones would do.
    var bareExecutor: (algorithm: ConvolutionAlgorithm, bare: any BareAlgorithm)? {
        guard border == nil, !epilogue.addsResidual, epilogue.activation == nil, let prepared,
            prepared.algorithm == chosenAlgorithm, let bare = prepared.bareAlgorithm
        else { return nil }
        return (prepared.algorithm, bare)
    }

    /// - Parameters:
    ///   - residual: what a fused addition adds; `nil` unless there is one.
    ///   - place: where the result goes; `nil` where it gets memory of its own.
    func run(
        _ input: Tensor,
        residual: Tensor? = nil,
        outputShape: Shape,
        into place: TensorPlace? = nil,
        team: Team
    ) -> Tensor {
        let source = border?.around(input, planes: borderPlanes, team: team) ?? input
        return source.computed(outputShape, into: place) { input, output in
            let count = outputShape.elementCount
            guard let residual else { return convolve(source, input, output, count: count, residual: nil, team) }
            residual.withElements { residual in
                convolve(source, input, output, count: count, residual: residual.baseAddress, team)
            }
        }
    }

    private func convolve(
        _ tensor: Tensor,
        _ input: UnsafePointer<Float>,
        _ output: UnsafeMutablePointer<Float>,
        count: Int,
        residual: UnsafePointer<Float>?,
        _ team: Team
    ) {
        if let prepared {
            let run = { [epilogue] (bias: UnsafePointer<Float>?) in
                prepared.run(
                    input: input,
                    bias: bias,
                    output: output,
                    epilogue: epilogue,
                    residual: residual,
                    team: team
                )
            }
            if let bias { bias.withElements { run($0.baseAddress) } } else { run(nil) }
            return
        }
        guard case .tensor(let weight) = weight else { preconditionFailure("run before the plan was prepared") }
        let bias = bias
        let elements = UnsafeMutableBufferPointer(start: output, count: count)
        var span = elements.mutableSpan
        Reference.convolution(
            geometry,
            weight: weight.elements,
            bias: bias?.elements,
            input: tensor.elements,
            output: &span,
            unless: { team.isStopped }
        )
        epilogue.run(output, count: count, residual: residual, team: team)
    }

    // MARK: - What follows, made part of it before it is prepared

    /// Takes a normalisation by given statistics into the weights and the bias, in float64, rounded once. Gives the bytes
    /// of what was made anew; `nil`, and does nothing, where the results would differ by more than rounding.
    func fold(_ normalization: BatchNormalizationWork) -> Int? {
        guard case .tensor(let tensor) = weight, request == .auto, epilogue.activation == nil, !epilogue.addsResidual,
            let affine = normalization.affine(channels: geometry.groups * geometry.outputChannels)
        else { return nil }
        let channels = affine.count, size = tensor.shape.elementCount / max(1, channels)
        // A number too large for float32 must stay one that the normalisation could still bring back.
        var isFinite = true
        let folded = tensor.computed(tensor.shape) { old, new in
            for channel in 0..<channels {
                for index in Range(start: channel * size, count: size) {
                    new[index] = Float(Double(old[index]) * affine[channel].scale)
                    isFinite = isFinite && new[index].isFinite
                }
            }
        }
        guard isFinite, let shape = Shape(checking: [channels]) else { return nil }
        let oldBias = bias
        let terms = Tensor.computed(shape) { output in
            let held = oldBias?.elements
            for channel in 0..<channels {
                output[channel] = Float(number(held, channel, else: 0) * affine[channel].scale + affine[channel].shift)
                isFinite = isFinite && output[channel].isFinite
            }
        }
        guard isFinite else { return nil }
        weight = .tensor(folded)
        bias = terms
        return product(sum(tensor.shape.elementCount, channels), 4)
    }

    /// Whether the activation is now part of it.
    func append(_ activation: Activation) -> Bool {
        guard epilogue.activation == nil else { return false }
        epilogue.activation = activation
        return true
    }

    /// Whether it now adds another tensor.
    func appendResidual() -> Bool {
        guard epilogue.activation == nil, !epilogue.addsResidual else { return false }
        epilogue.addsResidual = true
        return true
    }

    private var borderPlanes: Int { geometry.batch * geometry.groups * geometry.inputChannels }
}

extension ConvolutionGeometry {
    /// Whether the kernel and its steps are of a size that layers have. The algorithms' own arithmetic on extents then stays
    /// far from the limits of 64 bits, given that the plan's limit on time holds.
    var suitsAlgorithms: Bool {
        (0..<3).allSatisfy { axis in
            Window.effective(kernel: kernel[axis], dilation: dilation[axis]) <= 4096 && stride[axis] <= 64
        }
    }
}

extension WellKnownKernel {
    /// [channels, 1, kH, kW], the same numbers for every channel.
    fileprivate func repeated(_ channels: Int) -> Tensor {
        let rows = rows
        let numbers = rows.flatMap { $0 }
        guard let shape = Shape(checking: [channels, 1, rows.count, numbers.count / rows.count]) else {
            preconditionFailure("the plan's limits bound the channels")
        }
        return Tensor.computed(shape) { output in
            for index in output.indices { output[index] = numbers[index % numbers.count] }
        }
    }
}
