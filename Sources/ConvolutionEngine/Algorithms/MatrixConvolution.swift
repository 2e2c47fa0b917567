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
        weights = weight.withElements { elements in
            // Empty weights have no address, and then there is nothing to read.
            let start = elements.baseAddress ?? UnsafePointer(FloatStorage(capacity: 1).pointer)
            return PackedWeights(geometry, weight: start, kernels: kernels, blocking: blocking)
        }
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
                panel: panel
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

    func run(pixels: Range<Int>) {
        let columns = convolution.kernels.tileColumns
        for chunk in convolution.weights.chunks {
            for first in stride(from: pixels.lowerBound, to: pixels.upperBound, by: columns) {
                multiply(chunk, pixels: first..<min(first + columns, pixels.upperBound))
            }
        }
    }

    /// Adds one chunk's products to at most one tile's width of pixels.
    private func multiply(_ chunk: Range<Int>, pixels: Range<Int>) {
        let kernels = convolution.kernels
        let rest = pixels.count % kernels.lanes
        let broadcast = rest <= kernels.narrowPixels ? rest : 0
        let wide = pixels.count - broadcast
        if let offsets = convolution.planeOffsets {
            // A last, partial vector would read past the plane, so that one alone is gathered.
            let whole = wide - wide % kernels.lanes
            let source = input + pixels.lowerBound, start = offsets[chunk.lowerBound]
            tiles(chunk, b: source, offsets: start, pixels: pixels.prefix(whole))
            narrow(chunk, b: source + wide, offsets: start, pixels: pixels.suffix(broadcast))
            guard whole < wide else { return }
            let partial = pixels.lowerBound + whole..<pixels.lowerBound + wide
            gather(chunk, pixels: partial)
            tiles(chunk, b: panel, offsets: convolution.panelOffsets[0], pixels: partial)
        } else {
            gather(chunk, pixels: pixels)
            let start = convolution.panelOffsets[0]
            tiles(chunk, b: panel, offsets: start, pixels: pixels.prefix(wide))
            narrow(chunk, b: panel + wide, offsets: start, pixels: pixels.suffix(broadcast))
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

    private func tiles(
        _ chunk: Range<Int>,
        b: UnsafePointer<Float>,
        offsets: UnsafePointer<Int>,
        pixels: Range<Int>
    ) {
        guard !pixels.isEmpty else { return }
        let kernels = convolution.kernels, lanes = kernels.lanes
        let vectors = (pixels.count + lanes - 1) / lanes
        let plane = convolution.geometry.output.volume
        var tile = cv_tile(
            weights: b,
            b: b,
            offsets: offsets,
            depth: chunk.count,
            b_step: lanes,
            c: output,
            c_row: plane,
            c_step: lanes,
            bias: nil,
            accumulates: chunk.lowerBound > 0 ? 1 : 0,
            rows: 0,
            vectors: Int32(vectors),
            lanes: Int32(lanes),
            last_lanes: Int32(pixels.count - (vectors - 1) * lanes)
        )
        let multiply = kernels.functions.tile
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: kernels.tileRows) {
            tile.weights = convolution.weights.block(group: group, chunk: chunk, row: row)
            tile.c = output + row * plane + pixels.lowerBound
            tile.bias = bias.map { $0 + row }
            tile.rows = Int32(min(kernels.tileRows, rows.upperBound - row))
            multiply(&tile)
        }
    }

    private func narrow(
        _ chunk: Range<Int>,
        b: UnsafePointer<Float>,
        offsets: UnsafePointer<Int>,
        pixels: Range<Int>
    ) {
        guard !pixels.isEmpty else { return }
        let kernels = convolution.kernels, height = kernels.tileRows
        let plane = convolution.geometry.output.volume
        let whole = rows.count / height
        var tile = cv_narrow(
            weights: convolution.weights.block(group: group, chunk: chunk, row: rows.lowerBound),
            block_step: chunk.count * height,
            b: b,
            offsets: offsets,
            depth: chunk.count,
            c: output + rows.lowerBound * plane + pixels.lowerBound,
            c_row: plane,
            bias: bias.map { $0 + rows.lowerBound },
            accumulates: chunk.lowerBound > 0 ? 1 : 0,
            pixels: Int32(pixels.count),
            blocks: Int32(whole),
            rows: Int32(height)
        )
        if whole > 0 { kernels.functions.narrow(&tile) }
        let row = rows.lowerBound + whole * height
        guard row < rows.upperBound else { return }
        tile.weights = convolution.weights.block(group: group, chunk: chunk, row: row)
        tile.c = output + row * plane + pixels.lowerBound
        tile.bias = bias.map { $0 + row }
        tile.blocks = 1
        tile.rows = Int32(rows.upperBound - row)
        kernels.functions.narrow(&tile)
    }
}
