import CVectorKernels

/// The matrix product over bands of padded rows: a tap is an offset into the band, so no pixel is gathered twice.
struct WindowConvolution: FinishingExecutor {
    let geometry: ConvolutionGeometry
    let kernels: KernelSet
    let weights: PackedWeights
    let plan: WindowPlan
    let offsets: RowOffsets

    init(_ geometry: ConvolutionGeometry, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        self.geometry = geometry
        self.kernels = kernels
        weights = PackedWeights(geometry, weight: weight, kernels: kernels, blocking: blocking)
        plan = WindowPlan(geometry, kernels: kernels, blocking: blocking)
        offsets = WindowConvolution.offsets(plan)
    }

    /// The same with bands of `rows` rows of outputs.
    init(_ convolution: WindowConvolution, rows: Int) {
        geometry = convolution.geometry
        kernels = convolution.kernels
        weights = convolution.weights
        plan = WindowPlan(geometry, kernels: kernels, blocking: .standard, rows: rows)
        offsets = WindowConvolution.offsets(plan)
    }

    private static func offsets(_ plan: WindowPlan) -> RowOffsets {
        RowOffsets(count: plan.geometry.depth) { plan.layout.offset(ofTap: $0, plan.geometry) }
    }

    var preparedBytes: Int { weights.byteCount + offsets.byteCount }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void,
        team: Team
    ) {
        let split = plan.split(threads: team.size)
        let nanoseconds = geometry.nanoseconds(lanes: kernels.lanes)
        team.run(tasks: split.count, scratch: plan.scratch, nanoseconds: nanoseconds) { index, memory in
            let part = split[index]
            let image = part.plane / geometry.groups, group = part.plane % geometry.groups
            let channel = group * geometry.outputChannels
            let source = (image * geometry.groups + group) * geometry.inputChannels * geometry.input.volume
            let target = image * geometry.outputFloats + channel * geometry.output.volume
            let fill = BandFill(
                geometry: geometry,
                layout: plan.layout,
                kernels: kernels,
                input: input + source,
                band: memory
            )
            let task = WindowTask(
                convolution: self,
                group: group,
                rows: part.rows,
                bias: bias.map { $0 + channel },
                output: output + target + part.z * geometry.output.plane,
                plane: geometry.output.volume,
                band: UnsafePointer(memory),
                sums: memory + plan.layout.floats,
                team: team
            )
            switch plan.way {
            case .dense: task.multiplyDense(channels: part.channels, z: part.z, fill)
            case .flat:
                fill.fill(z: part.z, rows: part.rows)
                task.multiplyFlat(channels: part.channels)
            case .rowByRow:
                fill.fill(z: part.z, rows: part.rows)
                task.multiplyRows(channels: part.channels)
            }
            let place = part.z * geometry.output.plane + part.rows.lowerBound * geometry.output.width
            for channel in part.channels {
                let first = output + target + channel * geometry.output.volume + place
                finish(UnsafeMutableBufferPointer(start: first, count: part.rows.count * geometry.output.width))
            }
        }
    }
}

/// One band on one thread.
struct WindowTask {
    let convolution: WindowConvolution
    let group: Int
    /// Output rows.
    let rows: Range<Int>
    let bias: UnsafePointer<Float>?
    /// First channel of the group, at the output's depth.
    let output: UnsafeMutablePointer<Float>
    /// Output floats from one channel to the next.
    let plane: Int
    /// As of `RowBlocks`.
    var ceiling: Float = 0
    let band: UnsafePointer<Float>
    /// Where a flat band is summed.
    let sums: UnsafeMutablePointer<Float>
    let team: Team

    private var geometry: ConvolutionGeometry { convolution.geometry }
    private var columns: Int { convolution.plan.layout.columns }

    private func block(
        _ chunk: Range<Int>,
        channels: Range<Int>,
        output: UnsafeMutablePointer<Float>,
        plane: Int
    ) -> RowBlocks {
        RowBlocks(
            kernels: convolution.kernels,
            weights: convolution.weights.blocks,
            group: group,
            rows: channels,
            chunk: chunk,
            bias: bias,
            output: output,
            plane: plane,
            ceiling: ceiling
        )
    }

    /// The band's pixels lie as the output's do. It is filled anew for each chunk, which reads a part of the channels.
    func multiplyDense(channels: Range<Int>, z: Int, _ fill: BandFill) {
        let count = rows.count * columns, target = output + rows.lowerBound * columns
        let taps = geometry.kernel.volume, channelFloats = fill.layout.channelFloats(geometry)
        for chunk in convolution.weights.chunks where !team.isStopped {
            let read = chunk.lowerBound / taps..<(chunk.upperBound - 1) / taps + 1
            fill.fill(z: z, rows: rows, channels: read)
            let start = convolution.offsets[chunk.lowerBound], first = band - read.lowerBound * channelFloats
            block(chunk, channels: channels, output: target, plane: plane).run(b: first, offsets: start, count: count)
        }
    }

    /// The band as one long row: the lanes between two rows compute nothing of use, and are left out in the end.
    func multiplyFlat(channels: Range<Int>) {
        let plan = convolution.plan
        let count = (rows.count - 1) * columns + geometry.output.width
        for first in stride(from: channels.lowerBound, to: channels.upperBound, by: plan.channelsPerSum) {
            let part = first..<min(first + plan.channelsPerSum, channels.upperBound)
            for chunk in convolution.weights.chunks where !team.isStopped {
                let start = convolution.offsets[chunk.lowerBound]
                block(chunk, channels: part, output: sums - first * plan.sumPitch, plane: plan.sumPitch)
                    .run(b: band, offsets: start, count: count)
            }
            for channel in part { writeRows(channel: channel, from: sums + (channel - first) * plan.sumPitch) }
        }
    }

    private func writeRows(channel: Int, from sums: UnsafePointer<Float>) {
        let width = geometry.output.width
        let target = output + channel * plane + rows.lowerBound * width
        convolution.kernels.functions.copy_rows(target, width, sums, columns, rows.count, width)
    }

    /// Row by row, straight into the output.
    func multiplyRows(channels: Range<Int>) {
        for chunk in convolution.weights.chunks where !team.isStopped {
            multiplyRows(block(chunk, channels: channels, output: output, plane: plane))
        }
    }

    private func multiplyRows(_ block: RowBlocks) {
        let kernels = convolution.kernels, tile = kernels.tileColumns
        let width = geometry.output.width, rest = width % tile, wide = width - rest
        let start = convolution.offsets[block.chunk.lowerBound]
        let oneVector = rest > kernels.narrowPixels && rest <= kernels.lanes
        for row in rows {
            let b = band + (row - rows.lowerBound) * columns, column = row * width
            for x in stride(from: 0, to: wide, by: tile) {
                block.tiles(b: b + x, offsets: start, column: column + x, count: tile)
            }
            if !oneVector { block.columns(b: b + wide, offsets: start, column: column + wide, count: rest) }
        }
        guard oneVector else { return }
        // One vector to a row: successive rows side by side make a tile.
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: kernels.tileVectors) {
            let vectors = min(kernels.tileVectors, rows.upperBound - row)
            let steps = VectorSteps(vectors: vectors, lanes: rest, lastLanes: rest, b: columns, output: width)
            let b = band + (row - rows.lowerBound) * columns + wide
            block.tiles(b: b, offsets: start, column: row * width + wide, steps)
        }
    }
}
