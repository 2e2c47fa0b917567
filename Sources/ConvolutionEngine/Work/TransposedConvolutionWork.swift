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
        let planes = product(product(geometry.batch, geometry.groups), geometry.outputChannels)
        let spread = product(planes, product(TransposedPhase.largestPlane(of: geometry.windows), 4))
        // No algorithm's band or panel is larger than a mebibyte.
        let scratch = sum(product(geometry.windows.output.cells, 8), product(threads, 1 << 20))
        return sum(spread, scratch)
    }

    mutating func prepare() {
        phases = TransposedPhase.all(of: geometry, weight: weight, bias: bias) ?? []
    }

    var algorithm: String { phases.first { $0.work != nil }?.work?.algorithm ?? "reference" }

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        if let whole = phases.first, whole.isWhole(of: geometry.windows), let work = whole.work {
            return work.run(input, outputShape: outputShape, team: team)
        }
        return Tensor.computed(outputShape) { output in
            if phases.isEmpty {
                Reference.transposedConvolution(
                    geometry,
                    weight: weight.elements,
                    bias: bias?.elements,
                    input: input.elements,
                    output: &output,
                    unless: { team.isStopped }
                )
            }
            for phase in phases where !team.isStopped {
                phase.write(input, bias: bias, geometry: geometry, output: &output, team: team)
            }
        }
    }
}
