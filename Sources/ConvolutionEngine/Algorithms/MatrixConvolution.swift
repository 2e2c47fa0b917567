import CVectorKernels

/// Convolution as a matrix product: output [C_out][pixels] = weights [C_out][depth] · B [depth][pixels], where B is
/// never formed as a whole. A task is a range of pixels and of output channels; it goes through the depth in chunks,
/// through its pixels one tile wide, and through the channels one tile high.
struct MatrixConvolution: ConvolutionExecutor {
    let geometry: ConvolutionGeometry
    let kernels: KernelSet
    let blocking: Blocking
    let weights: PackedWeights
    /// Rows of a panel.
    let panelOffsets: RowOffsets
    /// Rows of B in the input itself, when they lie there; else every column is gathered into a panel.
    let planeOffsets: RowOffsets?

    init(_ geometry: ConvolutionGeometry, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        self.geometry = geometry
        self.kernels = kernels
        self.blocking = blocking
        weights = PackedWeights(geometry, weight: weight, kernels: kernels, blocking: blocking)
        let columns = kernels.tileColumns
        panelOffsets = RowOffsets(count: min(geometry.depth, blocking.depth)) { $0 * columns }
        let plane = geometry.input.volume
        planeOffsets = geometry.isPointwise ? RowOffsets(count: geometry.depth) { $0 * plane } : nil
    }

    /// Floats: one panel, and the vector that may be written past its end.
    static func scratch(_ geometry: ConvolutionGeometry, kernels: KernelSet, blocking: Blocking) -> Int {
        min(geometry.depth, blocking.depth) * kernels.tileColumns + kernels.lanes
    }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        let split = TaskSplit(geometry, kernels: kernels, blocking: blocking, threads: team.size)
        let scratch = MatrixConvolution.scratch(geometry, kernels: kernels, blocking: blocking)
        let nanoseconds = geometry.nanoseconds(lanes: kernels.lanes)
        team.run(tasks: split.count, scratch: scratch, nanoseconds: nanoseconds) { index, panel in
            let task = split[index]
            let image = task.plane / geometry.groups, group = task.plane % geometry.groups
            let source = (image * geometry.groups + group) * geometry.inputChannels * geometry.input.volume
            let channel = group * geometry.outputChannels
            let target = image * geometry.outputFloats + channel * geometry.output.volume
            MatrixTask(
                convolution: self,
                group: group,
                rows: task.rows,
                input: input + source,
                bias: bias.map { $0 + channel },
                output: output + target,
                panel: panel,
                team: team
            ).run(pixels: task.pixels)
        }
    }
}

/// One task of a matrix convolution, on one thread.
private struct MatrixTask {
    let convolution: MatrixConvolution
    let group: Int
    /// Output channels of the group.
    let rows: Range<Int>
    /// First channel of the group.
    let input: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    let output: UnsafeMutablePointer<Float>
    let panel: UnsafeMutablePointer<Float>
    let team: Team

    func run(pixels: Range<Int>) {
        let columns = convolution.kernels.tileColumns
        for chunk in convolution.weights.chunks where !team.isStopped {
            for first in stride(from: pixels.lowerBound, to: pixels.upperBound, by: columns) {
                multiply(chunk, pixels: first..<min(first + columns, pixels.upperBound))
            }
        }
    }

    /// Adds one chunk's products to at most one tile's width of pixels.
    private func multiply(_ chunk: Range<Int>, pixels: Range<Int>) {
        let kernels = convolution.kernels
        let block = RowBlocks(
            kernels: kernels,
            weights: convolution.weights,
            group: group,
            rows: rows,
            chunk: chunk,
            bias: bias,
            output: output + pixels.lowerBound,
            plane: convolution.geometry.output.volume
        )
        let rest = pixels.count % kernels.lanes
        let broadcast = rest <= kernels.narrowPixels ? rest : 0
        let wide = pixels.count - broadcast
        if let offsets = convolution.planeOffsets {
            // A last, partial vector would read past the plane, so that one alone is gathered.
            let whole = wide - wide % kernels.lanes
            let source = input + pixels.lowerBound, start = offsets[chunk.lowerBound]
            block.tiles(b: source, offsets: start, column: 0, count: whole)
            block.narrow(b: source + wide, offsets: start, column: wide, count: broadcast)
            guard whole < wide else { return }
            gather(chunk, pixels: pixels.lowerBound + whole..<pixels.lowerBound + wide)
            block.tiles(b: panel, offsets: convolution.panelOffsets[0], column: whole, count: wide - whole)
        } else {
            gather(chunk, pixels: pixels)
            let start = convolution.panelOffsets[0]
            block.tiles(b: panel, offsets: start, column: 0, count: wide)
            block.narrow(b: panel + wide, offsets: start, column: wide, count: broadcast)
        }
    }

    private func gather(_ chunk: Range<Int>, pixels: Range<Int>) {
        var shape = convolution.geometry.kernelGeometry
        var part = cv_panel(
            k_begin: chunk.lowerBound,
            k_end: chunk.upperBound,
            pixel_begin: pixels.lowerBound,
            pixel_count: pixels.count,
            pitch: convolution.kernels.tileColumns
        )
        convolution.kernels.functions.pack_panel(&shape, input, &part, panel)
    }
}
