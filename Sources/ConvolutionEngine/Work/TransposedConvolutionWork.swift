/// A transposed convolution as ordinary ones: with stride s, every s-th output (per axis) depends on the same taps, so the
/// outputs fall into phases, and each phase is an ordinary convolution of stride 1 with those taps in reverse order.
///
/// See Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), chapter 4; the phases are those of
/// Shi et al., Is the deconvolution layer the same as a convolutional layer? (2016).
struct TransposedConvolutionWork: Sendable {
    var geometry: TransposedGeometry
    /// [C_in, C_out / groups, k…]
    var weight: Tensor
    /// [C_out]
    var bias: Tensor?
    /// Empty before the plan is prepared, and where they would be too many: then the plain loops run.
    private var phases: [TransposedPhase] = []

    init(geometry: TransposedGeometry, weight: Tensor, bias: Tensor?) {
        self.geometry = geometry
        self.weight = weight
        self.bias = bias
    }

    /// A phase's result before it is spread over the output, or one plane of float64 in the plain loops; and what each
    /// thread needs for a phase.
    func workspaceBytes(threads: Int) -> Int? {
        guard let phases = TransposedPhase.all(of: geometry) else { return product(geometry.windows.output.cells, 8) }
        let planes = product(product(geometry.batch, geometry.groups), geometry.outputChannels)
        var most: Int? = 0
        for phase in phases {
            let bytes = sum(product(planes, product(phase.cells, 4)), phase.bytes(threads: threads).workspace)
            guard let bytes, let held = most else { return nil }
            most = max(held, bytes)
        }
        return sum(most, product(geometry.windows.output.cells, 8))
    }

    /// Bytes of the phases' transformed weights, which stay as long as the plan.
    var transformedBytes: Int {
        let phases = TransposedPhase.all(of: geometry) ?? []
        return phases.reduce(0) { total, phase in sum(total, phase.bytes(threads: 1).transformed) ?? Int.max }
    }

    mutating func prepare() {
        phases = TransposedPhase.all(of: geometry) ?? []
        for index in phases.indices { phases[index].prepare(geometry, weight: weight, bias: bias) }
    }

    var algorithm: String { phases.first { $0.work != nil }?.work?.algorithm ?? "reference" }

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        if let whole = phases.first, whole.isWhole(of: geometry.windows), let work = whole.work {
            return work.run(input, outputShape: outputShape, team: team)
        }
        guard phases.isEmpty else {
            return input.computed(outputShape) { _, output in
                for phase in phases where !team.isStopped {
                    phase.write(input, bias: bias, geometry: geometry, output: output, team: team)
                }
            }
        }
        return Tensor.computed(outputShape) { output in
            Reference.transposedConvolution(
                geometry,
                weight: weight.elements,
                bias: bias?.elements,
                input: input.elements,
                output: &output,
                unless: { team.isStopped }
            )
        }
    }
}
