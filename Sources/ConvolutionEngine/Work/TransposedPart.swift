/// Phases of a transposed convolution that one ordinary convolution computes: each of its output channels becomes as many
/// as there are phases, one after the other.
struct TransposedPart: Sendable {
    let phases: [TransposedPhase]
    /// Outputs of the ordinary convolution before the first that is wanted of each phase.
    private let skips: [Spatial]
    /// `nil` when no tap reaches these outputs.
    private let convolution: ConvolutionGeometry?
    /// `nil` before it is prepared as well.
    private(set) var work: ConvolutionWork?

    /// All parts; those that fill the same rows of the output are together. `nil` where there would be too many.
    static func all(of geometry: TransposedGeometry, use: WeightUse) -> [[TransposedPart]]? {
        guard let phases = TransposedPhase.all(of: geometry) else { return nil }
        if let joint = TransposedPart(joining: phases, use: use) { return [[joint]] }
        var rows: [[TransposedPart]] = []
        for phase in phases {
            if let last = rows.last?.first?.phases.first, last.sharesRows(with: phase) {
                rows[rows.count - 1].append(TransposedPart(phase))
            } else {
                rows.append([TransposedPart(phase)])
            }
        }
        return rows
    }

    private init(_ phase: TransposedPhase) {
        phases = [phase]
        skips = [phase.skip]
        convolution = phase.convolution
    }

    /// Phases that have as many taps each are one convolution, for which the input is gathered and its padding read once, and
    /// which fills the kernels' output channels better. `nil` where they have not; where it would compute much that no phase
    /// wants, since they begin at other cells; and where Winograd's filtering makes fewer products for each of them.
    private init?(joining phases: [TransposedPhase], use: WeightUse) {
        guard phases.count > 1, let one = phases[0].convolution else { return nil }
        let geometries = phases.compactMap(\.convolution)
        guard geometries.count == phases.count,
            geometries.allSatisfy({ $0.kernel == one.kernel && $0.dilation == one.dilation })
        else { return nil }
        var joint = one
        joint.outputChannels *= phases.count
        var skips = phases.map(\.skip)
        for axis in 0..<3 {
            let padding = geometries.reduce(0) { max($0, $1.paddingBegin[axis]) }
            for (index, geometry) in geometries.enumerated() {
                skips[index][axis] += padding - geometry.paddingBegin[axis]
            }
            joint.paddingBegin[axis] = padding
            joint.output[axis] = zip(skips, phases).reduce(0) { max($0, $1.0[axis] + $1.1.count[axis]) }
        }
        let wanted = phases.reduce(0) { $0 + $1.count.volume }
        let cells = product(product(product(joint.output.depth, joint.output.height), joint.output.width), phases.count)
        guard one.suitsAlgorithms, let cells, cells <= wanted + wanted / 16 else { return nil }
        switch PreparedConvolution.algorithm(for: one, request: .auto, use: use) {
        case .pointwise, .window, .direct: break
        case .plain, .depthwise, .winograd, .winogradRows: return nil
        }
        self.phases = phases
        self.skips = skips
        convolution = joint
    }

    /// Makes the ordinary convolution's weights and prepares them.
    mutating func prepare(_ geometry: TransposedGeometry, weight: Tensor, bias: Tensor?, use: WeightUse) {
        guard let convolution else { return }
        let work = ConvolutionWork(
            geometry: convolution,
            weight: .tensor(taps(weight, of: geometry, kernel: convolution.kernel)),
            bias: bias.map(repeated)
        )
        work.use = use
        work.prepare()
        self.work = work
    }

    /// Bytes while it runs, beside its result, on `threads` threads; and of its weights in another form, that stay.
    @inline(never)
    func bytes(threads: Int, use: WeightUse) -> (workspace: Int?, transformed: Int) {
        guard let convolution, convolution.suitsAlgorithms else { return (0, 0) }
        let algorithm = PreparedConvolution.algorithm(for: convolution, request: .auto, use: use)
        let own = PreparedConvolution.workspaceBytes(for: convolution, algorithm: algorithm)
        return (product(own, threads), PreparedConvolution.transformedBytes(for: convolution, algorithm: algorithm))
    }

    /// The cells that it computes for a plane of the output.
    var cells: Int? {
        guard let output = convolution?.output else { return 0 }
        return product(product(product(output.depth, output.height), output.width), phases.count)
    }

    /// Of a plane of one phase.
    var computed: Spatial { convolution?.output ?? Spatial(repeating: 0) }

    /// Whether it gives the whole output, in its order.
    func isWhole(of windows: Windows) -> Bool {
        guard work != nil, skips.allSatisfy({ $0 == Spatial(repeating: 0) }) else { return false }
        return windows.stride == Spatial(repeating: 1)
            || computed.volume == 1 && phases.count == windows.output.cellCount
    }

    /// Where the phases' outputs are in what was computed; `nil`: nowhere.
    func places(_ computed: UnsafePointer<Float>?) -> [PhasePlace] {
        zip(phases, skips).enumerated().map { index, phase in
            PhasePlace(
                elements: computed,
                planeStep: phases.count * self.computed.volume,
                offset: index * self.computed.volume,
                extents: self.computed,
                skip: phase.1,
                first: phase.0.first,
                count: phase.0.count
            )
        }
    }

    private func repeated(_ bias: Tensor) -> Tensor {
        guard phases.count > 1, let shape = Shape(checking: [bias.shape.elementCount * phases.count]) else {
            return bias
        }
        return bias.computed(shape) { old, new in
            for index in 0..<shape.elementCount { new[index] = old[index / phases.count] }
        }
    }

    /// [C_out, phases, C_in / groups, taps…], each phase's taps in reverse order.
    private func taps(_ weight: Tensor, of geometry: TransposedGeometry, kernel taps: Spatial) -> Tensor {
        let kernel = geometry.windows.kernel
        let outputChannels = geometry.groups * geometry.outputChannels, rows = outputChannels * phases.count
        let extents: InlineArray = [rows, geometry.inputChannels, taps.depth, taps.height, taps.width, 1, 1, 1]
        guard let shape = Shape(extents, rank: 5) else { preconditionFailure("no larger than the weight itself") }
        return Tensor.computed(shape) { output in
            let source = weight.elements
            var target = 0
            for outputChannel in 0..<outputChannels {
                let (group, channel) = outputChannel.quotientAndRemainder(dividingBy: geometry.outputChannels)
                for phase in phases {
                    for inputChannel in 0..<geometry.inputChannels {
                        let row = (group * geometry.inputChannels + inputChannel) * geometry.outputChannels + channel
                        for depth in 0..<taps.depth {
                            for height in 0..<taps.height {
                                for width in 0..<taps.width {
                                    let tap = kernel.flatIndex(of: phase.tap(depth, height, width))
                                    output[target] = source[row * kernel.cellCount + tap]
                                    target += 1
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
