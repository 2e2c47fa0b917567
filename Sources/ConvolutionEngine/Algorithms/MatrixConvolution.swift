import CVectorKernels

/// Convolution as a matrix product: output [C_out][pixels] = weights [C_out][depth] · B [depth][pixels], where B is
/// never formed as a whole. A task is a range of pixels and of output channels; it goes through the depth in chunks,
/// through its pixels one tile wide, and through the channels one tile high.
final class MatrixConvolution: FinishingExecutor {
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

    var preparedBytes: Int { weights.byteCount + panelOffsets.byteCount + (planeOffsets?.byteCount ?? 0) }

    /// Floats: one panel, and the vector that may be written past its end.
    static func scratch(_ geometry: ConvolutionGeometry, kernels: KernelSet, blocking: Blocking) -> Int {
        min(geometry.depth, blocking.depth) * kernels.tileColumns + kernels.lanes
    }

    /// Estimated processor cycles of the whole layer on one thread: multiplying takes one for each row of a tile and
    /// vector; gathering a vector, or a strided one, is measured.
    static func cycles(_ geometry: ConvolutionGeometry, kernels: KernelSet) -> Double {
        let products = Double(geometry.outputChannels) * Double(kernels.sixteenths(geometry.output.volume)) / 16
        let vectors = (geometry.output.volume + kernels.lanes - 1) / kernels.lanes
        let gathering = Double(vectors) * (geometry.stride.width == 1 ? 8 : 12)
        return Double(geometry.batch * geometry.groups * geometry.depth) * (products + gathering)
    }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void,
        team: Team
    ) {
        run(input: input, bias: bias, output: output, ceiling: 0, finish: finish, team: team)
    }

    /// - Parameters:
    ///   - ceiling: as of `RowBlocks`.
    ///   - finish: as of `FinishingExecutor`.
    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        ceiling: Float,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void = { _ in },
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
                plane: geometry.output.volume,
                panel: panel,
                ceiling: ceiling,
                team: team
            ).run(pixels: task.pixels)
            for row in task.rows {
                let first = output + target + row * geometry.output.volume + task.pixels.lowerBound
                finish(UnsafeMutableBufferPointer(start: first, count: task.pixels.count))
            }
        }
    }
}

/// One task of a matrix convolution, on one thread.
struct MatrixTask {
    let convolution: MatrixConvolution
    let group: Int
    /// Output channels of the group.
    let rows: Range<Int>
    /// First channel of the group.
    let input: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    /// The first channel's first pixel, there or not.
    let output: UnsafeMutablePointer<Float>
    /// Output floats from one channel to the next.
    let plane: Int
    let panel: UnsafeMutablePointer<Float>
    /// As of `RowBlocks`.
    let ceiling: Float
    let team: Team

    /// Register tiles one below the other whose weights, of one chunk, are still in a cache when they are read again.
    private static let tilesAtOnce = 8

    func run(pixels: Range<Int>) {
        for chunk in convolution.weights.chunks where !team.isStopped {
            var first = pixels.lowerBound
            while first < pixels.upperBound {
                let end = end(from: first, before: pixels.upperBound)
                multiply(chunk, pixels: first..<end)
                first = end
            }
        }
    }

    /// One tile's width further, or a few pixels more where they would be left over.
    private func end(from first: Int, before last: Int) -> Int {
        let kernels = convolution.kernels, wide = first + kernels.tileColumns
        let widest = convolution.planeOffsets == nil ? wide : wide + kernels.narrowPixels
        return last <= widest ? last : wide
    }

    /// Adds one chunk's products to the pixels of one tile's width.
    private func multiply(_ chunk: Range<Int>, pixels: Range<Int>) {
        let kernels = convolution.kernels
        guard let offsets = convolution.planeOffsets else {
            gather(chunk, pixels: pixels)
            let block = block(chunk, rows: rows, pixels: pixels)
            return block.columns(b: panel, offsets: convolution.panelOffsets[0], column: 0, count: pixels.count)
        }
        let source = input + pixels.lowerBound, start = offsets[chunk.lowerBound]
        let rest = pixels.count % kernels.lanes, whole = pixels.count - rest, broadcasts = rest <= kernels.narrowPixels
        // One more pixel than a tile has goes with the tile, but for the rows that are not a whole one.
        let extra = kernels.hasTileExtra && rest == 1 && whole == kernels.tileColumns ? whole : 0
        if extra > 0 {
            block(chunk, rows: rows, pixels: pixels)
                .tiles(b: source, offsets: start, column: 0, count: whole, extra: extra)
            let remaining = rows.upperBound - rows.count % kernels.tileRows..<rows.upperBound
            return block(chunk, rows: remaining, pixels: pixels)
                .narrow(b: source + whole, offsets: start, column: whole, count: rest)
        }
        // A last, partial vector would read past the plane, so that one alone is gathered.
        if !broadcasts { gather(chunk, pixels: pixels.lowerBound + whole..<pixels.upperBound) }
        let step = rest > 0 && whole > 0 ? MatrixTask.tilesAtOnce * kernels.tileRows : rows.count
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let block = block(chunk, rows: first..<min(first + step, rows.upperBound), pixels: pixels)
            block.tiles(b: source, offsets: start, column: 0, count: whole)
            if broadcasts {
                block.narrow(b: source + whole, offsets: start, column: whole, count: rest)
            } else {
                block.tiles(b: panel, offsets: convolution.panelOffsets[0], column: whole, count: rest)
            }
        }
    }

    private func block(_ chunk: Range<Int>, rows: Range<Int>, pixels: Range<Int>) -> RowBlocks {
        RowBlocks(
            kernels: convolution.kernels,
            weights: convolution.weights.blocks,
            group: group,
            rows: rows,
            chunk: chunk,
            bias: bias,
            output: output + pixels.lowerBound,
            plane: plane,
            ceiling: ceiling
        )
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
