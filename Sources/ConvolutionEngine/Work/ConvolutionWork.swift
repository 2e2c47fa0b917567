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
    private var weight: Weight
    /// [C_out]
    private let bias: Tensor?
    private let border: SpatialPadding?
    private let request: AlgorithmRequest
    /// `nil` before the plan is prepared, and where the plain loops of the reference run.
    private var prepared: PreparedConvolution?

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
        guard suitsAlgorithms else { return border }
        let algorithm = PreparedConvolution.algorithm(for: geometry, request: request, use: .once)
        return sum(border, product(PreparedConvolution.workspaceBytes(for: geometry, algorithm: algorithm), threads))
    }

    /// Bytes of transformed weights, which stay as long as the plan.
    var transformedBytes: Int {
        guard suitsAlgorithms else { return 0 }
        let algorithm = PreparedConvolution.algorithm(for: geometry, request: request, use: .once)
        return PreparedConvolution.transformedBytes(for: geometry, algorithm: algorithm)
    }

    /// Repeats and packs the weights.
    func prepare() {
        if case .named(let kernel) = weight { weight = .tensor(kernel.repeated(geometry.groups)) }
        guard suitsAlgorithms, case .tensor(let tensor) = weight else { return }
        prepared = PreparedConvolution.prepare(geometry, weight: tensor, request: request, use: .once)
    }

    /// The plan's name for what runs.
    var algorithm: String { prepared?.algorithm.name ?? "reference" }

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        let source = border?.around(input, planes: borderPlanes) ?? input
        guard let prepared else { return reference(source, outputShape: outputShape, team) }
        return Tensor(shape: outputShape) { output in
            source.withElements { input in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                guard let bias else {
                    return prepared.run(input: input, bias: nil, output: output, team: team)
                }
                bias.withElements { bias in
                    prepared.run(input: input, bias: bias.baseAddress, output: output, team: team)
                }
            }
        }
    }

    private func reference(_ input: Tensor, outputShape: Shape, _ team: Team) -> Tensor {
        guard case .tensor(let weight) = weight else { preconditionFailure("run before the plan was prepared") }
        let bias = bias
        return Tensor.computed(outputShape) { output in
            Reference.convolution(
                geometry,
                weight: weight.elements,
                bias: bias?.elements,
                input: input.elements,
                output: &output,
                unless: { team.isStopped }
            )
        }
    }

    private var borderPlanes: Int { geometry.batch * geometry.groups * geometry.inputChannels }

    /// Whether the kernel and its steps are of a size that layers have. The algorithms' own arithmetic on extents then stays
    /// far from the limits of 64 bits, given that the plan's limit on time holds.
    private var suitsAlgorithms: Bool {
        (0..<3).allSatisfy { axis in
            Window.effective(kernel: geometry.kernel[axis], dilation: geometry.dilation[axis]) <= 4096
                && geometry.stride[axis] <= 64
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
