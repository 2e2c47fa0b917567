import CVectorKernels

/// The matrix product over bands of padded rows: a tap is an offset into the band, so no pixel is gathered twice.
/// Rows that do not fill whole vectors leave lanes unused; that is the price, paid where gathering would cost more.
struct WindowConvolution: ConvolutionExecutor {
    let geometry: ConvolutionGeometry
    let kernels: KernelSet
    let weights: PackedWeights
    let band: BandLayout
    let offsets: RowOffsets

    init(_ geometry: ConvolutionGeometry, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        self.geometry = geometry
        self.kernels = kernels
        weights = PackedWeights(geometry, weight: weight, kernels: kernels, blocking: blocking)
        let band = BandLayout(geometry, lanes: kernels.lanes, floats: blocking.bandFloats)
        self.band = band
        offsets = RowOffsets(count: geometry.depth) { band.offset(ofTap: $0, geometry) }
    }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        let planes = geometry.batch * geometry.groups * geometry.output.depth
        // Shorter bands where there would be too few for the team; whole fours of rows keep vertical tiles full.
        let wanted = team.size == 1 ? 1 : (4 * team.size + planes - 1) / planes
        let share = (geometry.output.height + wanted - 1) / wanted
        let rows = min(band.outputRows, max(12, share))
        let bands = (geometry.output.height + rows - 1) / rows
        let nanoseconds = geometry.nanoseconds(lanes: kernels.lanes)
        team.run(tasks: planes * bands, scratch: band.floats, nanoseconds: nanoseconds) { index, memory in
            let first = index % bands * rows, z = index / bands % geometry.output.depth
            let plane = index / bands / geometry.output.depth
            let image = plane / geometry.groups, group = plane % geometry.groups
            let channel = group * geometry.outputChannels
            let source = (image * geometry.groups + group) * geometry.inputChannels * geometry.input.volume
            let target = image * geometry.outputFloats + channel * geometry.output.volume + z * geometry.output.plane
            let task = WindowTask(
                convolution: self,
                group: group,
                input: input + source,
                bias: bias.map { $0 + channel },
                output: output + target,
                memory: memory,
                team: team
            )
            task.run(z: z, rows: first..<min(first + rows, geometry.output.height))
        }
    }
}

extension WindowConvolution {
    /// Compares estimated cycles with those of gathered panels: multiplying costs a cycle for each row of a tile and
    /// vector, gathering or copying a vector about two.
    static func isCheaper(_ geometry: ConvolutionGeometry, kernels: KernelSet, blocking: Blocking) -> Bool {
        guard geometry.stride.width <= 4 else { return false }
        let lanes = kernels.lanes
        let band = BandLayout(geometry, lanes: lanes, floats: blocking.bandFloats)
        // Even a single row of outputs may need more input than stays in the second-level cache.
        guard band.floats <= 2 * blocking.bandFloats else { return false }
        let rows = geometry.output.depth * geometry.output.height, pixels = geometry.output.volume
        let products = geometry.depth * geometry.outputChannels * kernels.sixteenths(geometry.output.width) * rows
        let copies = geometry.inputChannels * geometry.kernel.depth * band.row * rows * band.inputRows / band.outputRows
        let panelProducts = geometry.depth * geometry.outputChannels * kernels.sixteenths(pixels)
        let gathers = geometry.depth * (pixels + lanes - 1) / lanes
        return products + 4 * 16 * copies / lanes < panelProducts + 8 * 16 * gathers
    }
}

extension KernelSet {
    /// Sixteenths of a vector's time that a run of pixels costs: a rest is broadcast, or takes a whole vector.
    fileprivate func sixteenths(_ pixels: Int) -> Int {
        let rest = pixels % lanes
        return pixels / lanes * 16 + (rest == 0 ? 0 : rest <= narrowPixels ? (rest + 1) * 16 / lanes : 16)
    }
}

/// One band on one thread.
private struct WindowTask {
    let convolution: WindowConvolution
    let group: Int
    /// First channel of the group.
    let input: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    /// First channel of the group, at the output's depth.
    let output: UnsafeMutablePointer<Float>
    let memory: UnsafeMutablePointer<Float>
    let team: Team

    func run(z: Int, rows: Range<Int>) {
        fill(z: z, rows: rows)
        for chunk in convolution.weights.chunks where !team.isStopped { multiply(chunk, rows: rows) }
    }

    /// Copies the rows that the outputs `rows` reach, zeros where they lie in the padding.
    private func fill(z: Int, rows: Range<Int>) {
        let g = convolution.geometry, band = convolution.band
        let copy = convolution.kernels.functions.copy_run
        let step = g.stride.width
        let inputRows = (rows.count - 1) * g.stride.height + (g.kernel.height - 1) * g.dilation.height + 1
        let top = rows.lowerBound * g.stride.height - g.paddingBegin.height
        let front = z * g.stride.depth - g.paddingBegin.depth
        for slice in 0..<g.inputChannels * g.kernel.depth {
            let inZ = front + slice % g.kernel.depth * g.dilation.depth
            let plane = input + slice / g.kernel.depth * g.input.volume + inZ * g.input.plane
            for row in 0..<inputRows {
                let y = top + row
                let exists = y >= 0 && y < g.input.height && inZ >= 0 && inZ < g.input.depth
                let target = memory + slice * band.slice + row * band.row
                for phase in 0..<band.phases {
                    // Column j of the phase is the input's column j · step + shift.
                    let shift = phase - g.paddingBegin.width
                    let low = shift >= 0 ? 0 : (-shift + step - 1) / step
                    let high = exists && g.input.width > shift ? (g.input.width - shift + step - 1) / step : 0
                    copy(
                        target + phase * band.columns,
                        plane + y * g.input.width + shift,
                        step,
                        min(low, band.columns),
                        min(high, band.columns),
                        band.columns
                    )
                }
            }
        }
    }

    private func multiply(_ chunk: Range<Int>, rows: Range<Int>) {
        let g = convolution.geometry, kernels = convolution.kernels, band = convolution.band
        let width = g.output.width, rowStep = g.stride.height * band.row
        let start = convolution.offsets[chunk.lowerBound]
        let block = RowBlocks(
            kernels: kernels,
            weights: convolution.weights,
            group: group,
            rows: 0..<g.outputChannels,
            chunk: chunk,
            bias: bias,
            output: output,
            plane: g.output.volume
        )
        let rest = width % kernels.tileColumns, wide = width - rest
        for row in rows {
            let b = memory + (row - rows.lowerBound) * rowStep, column = row * width
            for x in stride(from: 0, to: wide, by: kernels.tileColumns) {
                block.tiles(b: b + x, offsets: start, column: column + x, count: kernels.tileColumns)
            }
            guard rest > kernels.lanes || rest <= kernels.narrowPixels else { continue }
            let broadcast = rest % kernels.lanes <= kernels.narrowPixels ? rest % kernels.lanes : 0
            block.tiles(b: b + wide, offsets: start, column: column + wide, count: rest - broadcast)
            let last = width - broadcast
            block.narrow(b: b + last, offsets: start, column: column + last, count: broadcast)
        }
        guard rest > kernels.narrowPixels, rest <= kernels.lanes else { return }
        // One vector to a row: successive rows side by side make a tile.
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: kernels.tileVectors) {
            let vectors = min(kernels.tileVectors, rows.upperBound - row)
            let steps = VectorSteps(vectors: vectors, lanes: rest, lastLanes: rest, b: rowStep, output: width)
            let b = memory + (row - rows.lowerBound) * rowStep + wide
            block.tiles(b: b, offsets: start, column: row * width + wide, steps)
        }
    }
}
