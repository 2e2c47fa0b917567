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
    /// To be set before anything that depends on it is asked for.
    var use = WeightUse.once
    /// Empty before the plan is prepared, and where they would be too many: then the plain loops run.
    private var rows: [[TransposedPart]] = []

    init(geometry: TransposedGeometry, weight: Tensor, bias: Tensor?) {
        self.geometry = geometry.spread
        self.weight = weight
        self.bias = bias
    }

    /// What parts compute before it is spread over the output, or a plane of it for each thread, or one of float64 in the
    /// plain loops; and what each thread needs for a part.
    func workspaceBytes(threads: Int) -> Int? {
        let plane = geometry.windows.output.cells
        guard let rows = TransposedPart.all(of: geometry, use: use) else { return product(plane, 8) }
        let planes = product(product(geometry.batch, geometry.groups), geometry.outputChannels)
        var most: Int? = 0
        for row in rows {
            var computed: Int? = 0, workspace = 0
            for part in row {
                guard let bytes = part.bytes(threads: threads, use: use).workspace else { return nil }
                workspace = max(workspace, bytes)
                computed = sum(computed, product(planes, product(part.cells, 4)))
            }
            if isInPlace(row) { computed = product(threads, product(plane, 4)) }
            guard let bytes = sum(computed, workspace), let held = most else { return nil }
            most = max(held, bytes)
        }
        return most
    }

    /// Bytes of the parts' transformed weights, which stay as long as the plan.
    var transformedBytes: Int {
        let parts = (TransposedPart.all(of: geometry, use: use) ?? []).joined()
        return parts.reduce(0) { total, part in sum(total, part.bytes(threads: 1, use: use).transformed) ?? Int.max }
    }

    mutating func prepare() {
        rows = TransposedPart.all(of: geometry, use: use) ?? []
        for row in rows.indices {
            for part in rows[row].indices { rows[row][part].prepare(geometry, weight: weight, bias: bias, use: use) }
        }
    }

    var algorithm: String { rows.joined().first { $0.work != nil }?.work?.algorithm ?? "reference" }

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        if let whole = rows.first?.first, whole.isWhole(of: geometry.windows), let work = whole.work {
            return work.run(input, outputShape: outputShape, team: team)
        }
        guard rows.isEmpty else {
            let output = FloatStorage(capacity: outputShape.elementCount)
            for row in rows where !team.isStopped { write(row, input, output: output, team: team) }
            return Tensor(shape: outputShape, storage: output)
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

    /// Whether a part's outputs are all of the output's planes, plane by plane: then they trade places where they are.
    private func isInPlace(_ row: [TransposedPart]) -> Bool {
        let cells = geometry.windows.output.cellCount
        return row.count == 1 && row[0].cells == cells && row[0].phases.reduce(0) { $0 + $1.count.volume } == cells
    }

    /// Computes parts and spreads them over the output.
    private func write(_ row: [TransposedPart], _ input: Tensor, output: FloatStorage, team: Team) {
        let planes = geometry.batch * geometry.groups * geometry.outputChannels
        let isInPlace = isInPlace(row)
        let storage =
            isInPlace ? output : FloatStorage(capacity: row.reduce(0) { $0 + planes * ($1.cells ?? 0) })
        var places: [PhasePlace] = [], offset = 0
        for part in row {
            guard let work = part.work, let cells = part.cells else {
                places += part.places(nil)
                continue
            }
            let (count, computed) = (part.phases.count, part.computed)
            let extents: InlineArray = [planes * count, computed.depth, computed.height, computed.width, 1, 1, 1, 1]
            guard let shape = Shape(extents, rank: 4) else { preconditionFailure("within the plan's workspace") }
            _ = work.run(input, outputShape: shape, into: TensorPlace(storage: storage, offset: offset), team: team)
            places += part.places(storage.pointer + offset)
            offset += planes * cells
        }
        func spread(_ bias: UnsafePointer<Float>?) {
            PhaseSpread(geometry: geometry, places: places, isInPlace: isInPlace, bias: bias, output: output.pointer)
                .run(team: team)
        }
        if let bias { bias.withElements { spread($0.baseAddress) } } else { spread(nil) }
        withExtendedLifetime((storage, output)) {}
    }
}

extension TransposedGeometry {
    /// The same outputs with another stride: over a single input cell any will do, and with one as long as the kernel each
    /// phase has one tap.
    fileprivate var spread: TransposedGeometry {
        var spread = self
        for axis in 0..<3 where windows[axis].input == 1 {
            spread.windows[axis].stride = max(windows[axis].stride, windows[axis].effectiveKernel)
        }
        return TransposedPhase.arePhasesFew(spread.windows) ? spread : self
    }
}
