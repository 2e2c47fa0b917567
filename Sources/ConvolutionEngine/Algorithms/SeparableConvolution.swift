import CVectorKernels

/// A depthwise convolution with those before and after it, as a `SeparablePlan` cuts it. Every number is the same sum in the
/// same order as when they are computed one after the other.
final class SeparableConvolution: Sendable {
    /// One of the three, and what is done to its result.
    struct Part: Sendable {
        var bias: Tensor?
        var activation: Activation?
    }

    /// What computes the convolution before.
    enum Expansion: Sendable {
        case pointwise(MatrixConvolution)
        /// Row by row, as it multiplies wherever the lanes between rows would cost more.
        case window(WindowConvolution)
    }

    let plan: SeparablePlan
    /// `nil` where none takes part.
    let expansion: (convolution: Expansion, part: Part)?
    /// [C, 1, kH, kW]
    let weight: Tensor
    let depthwise: Part
    let projection: (convolution: MatrixConvolution, part: Part)?
    let kernels: KernelSet
    /// Of the channels that are kept.
    fileprivate let keptOffsets: RowOffsets
    /// About how long one thread takes.
    private let nanoseconds: Int

    init(
        _ plan: SeparablePlan,
        expansion: (convolution: Expansion, part: Part)?,
        weight: Tensor,
        depthwise: Part,
        projection: (convolution: MatrixConvolution, part: Part)?,
        kernels: KernelSet
    ) {
        self.plan = plan
        self.expansion = expansion
        self.weight = weight
        self.depthwise = depthwise
        self.projection = projection
        self.kernels = kernels
        let pitch = plan.outputPitch
        keptOffsets = RowOffsets(count: plan.keptChannels) { $0 * pitch }
        // The pixels of a depthwise convolution go through fewer products each, and take twice as long for it.
        let geometries = [plan.expansion, plan.depthwise, plan.depthwise, plan.projection]
        nanoseconds = geometries.reduce(0) { $0 + ($1?.nanoseconds(lanes: kernels.lanes) ?? 0) }
    }

    /// - Parameters:
    ///   - input: what the first of the three reads.
    ///   - residual: added to what the last of them gives; as long as the output, `nil` unless one is added.
    ///   - output: every element is written.
    func run(
        _ input: UnsafePointer<Float>,
        residual: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        withNumbers { weights, expansionBias, depthwiseBias, projectionBias in
            team.run(tasks: plan.tasks, scratch: plan.floats, nanoseconds: nanoseconds) { index, scratch in
                SeparableTask(
                    convolution: self,
                    task: plan[index],
                    inputRows: plan.inputRows(plan[index].rows),
                    expansionBias: expansionBias,
                    weights: weights,
                    depthwiseBias: depthwiseBias,
                    projectionBias: projectionBias,
                    expanded: scratch,
                    kept: scratch + plan.expandedFloats,
                    panel: scratch + plan.expandedFloats + plan.keptFloats,
                    team: team
                ).run(input, residual: residual, output: output)
            }
        }
    }

    /// Calls `body` with the depthwise weights and the biases of the three.
    private func withNumbers(
        _ body: (
            UnsafePointer<Float>, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?
        ) -> Void
    ) {
        func with(_ tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> Void) {
            guard let tensor else { return body(nil) }
            tensor.withElements { body($0.baseAddress) }
        }
        with(weight) { weights in
            guard let weights else { return }
            with(expansion?.part.bias) { expansion in
                with(depthwise.bias) { depthwise in
                    with(projection?.part.bias) { body(weights, expansion, depthwise, $0) }
                }
            }
        }
    }
}

/// One task of it, on one thread.
private struct SeparableTask {
    let convolution: SeparableConvolution
    let task: SeparablePlan.Task
    /// What the depthwise convolution reads for the task's rows.
    let inputRows: Range<Int>
    let expansionBias: UnsafePointer<Float>?
    /// [C, 1, kH, kW]
    let weights: UnsafePointer<Float>
    let depthwiseBias: UnsafePointer<Float>?
    let projectionBias: UnsafePointer<Float>?
    /// Working memory: what was expanded, what is to be projected, and the first convolution's own.
    let expanded: UnsafeMutablePointer<Float>
    let kept: UnsafeMutablePointer<Float>
    let panel: UnsafeMutablePointer<Float>
    let team: Team

    /// Planes that are convolved before they are read again.
    private static let planesAtOnce = 8

    private var plan: SeparablePlan { convolution.plan }
    private var kernels: KernelSet { convolution.kernels }
    private var geometry: ConvolutionGeometry { plan.depthwise }

    func run(
        _ input: UnsafePointer<Float>,
        residual: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        let source = input + task.image * (plan.expansion ?? geometry).inputFloats
        if case .window(let window)? = convolution.expansion?.convolution {
            BandFill(
                geometry: window.geometry,
                layout: window.plan.layout,
                kernels: kernels,
                input: source,
                band: panel
            )
            .fill(z: 0, rows: inputRows)
        }
        guard let (projection, part) = convolution.projection else {
            let start = output + task.image * geometry.outputFloats
            convolve(task.channels, source, to: start, plane: geometry.output.plane)
            return
        }
        let first = task.rows.lowerBound * geometry.output.width, count = task.rows.count * geometry.output.width
        let start = task.image * projection.geometry.outputFloats + first
        let ceiling = residual == nil ? part.activation?.ceiling : nil
        for chunk in projection.weights.chunks where !team.isStopped {
            let target = kept - chunk.lowerBound * plan.outputPitch - first
            for channels in parts(of: chunk) { convolve(channels, source, to: target, plane: plan.outputPitch) }
            project(projection, chunk, to: output + start, count: count, ceiling: ceiling ?? 0)
        }
        let epilogue = Epilogue(addsResidual: residual != nil, activation: part.activation)
        guard !epilogue.isEmpty, ceiling == nil else { return }
        for channel in 0..<projection.geometry.outputChannels {
            let run = start + channel * geometry.output.plane
            epilogue.apply(output + run, count: count, residual: residual.map { $0 + run }, kernels: kernels)
        }
    }

    /// Nearly equal parts of some channels, as many as are expanded at a time; they begin with a whole tile where they can.
    private func parts(of chunk: Range<Int>) -> [Range<Int>] {
        let count = (chunk.count + plan.channels - 1) / plan.channels, height = kernels.tileRows
        let each = ((chunk.count + count - 1) / count + height - 1) / height * height
        let size = min(each, plan.channels)
        return stride(from: chunk.lowerBound, to: chunk.upperBound, by: size)
            .map { $0..<min($0 + size, chunk.upperBound) }
    }

    /// Some channels of the depthwise convolution, for the task's rows.
    ///
    /// - Parameters:
    ///   - input: the image that the first convolution reads.
    ///   - output: channel 0, row 0, there or not.
    ///   - plane: output floats from one channel to the next.
    private func convolve(
        _ channels: Range<Int>,
        _ input: UnsafePointer<Float>,
        to output: UnsafeMutablePointer<Float>,
        plane: Int
    ) {
        let multiplier = geometry.outputChannels
        let sources = channels.lowerBound / multiplier..<(channels.upperBound - 1) / multiplier + 1
        // Row 0 of channel 0, there or not.
        var planes = input, pitch = geometry.input.plane, end = geometry.input.height
        if let (expansion, part) = convolution.expansion {
            let expanded = expand(expansion, sources, input)
            planes = UnsafePointer(expanded)
            pitch = plan.inputPitch
            end = inputRows.upperBound
            if let activation = part.activation, activation.ceiling == nil {
                let first = expanded + inputRows.lowerBound * geometry.input.width
                activate(activation, sources, first, pitch: pitch, count: inputRows.count * geometry.input.width)
            }
        }
        let ceiling = convolution.depthwise.activation?.ceiling
        let activation = ceiling == nil ? convolution.depthwise.activation : nil
        let first = output + task.rows.lowerBound * geometry.output.width
        let count = task.rows.count * geometry.output.width
        let function = kernels.functions.planes, taps = geometry.kernel.plane
        var part = cv_planes(
            first: geometry.rowsOfPlane(
                planes,
                below: end,
                weights: weights,
                bias: 0,
                ceiling: ceiling ?? 0,
                output: output,
                rows: task.rows
            ),
            count: 0,
            input_step: pitch,
            output_step: plane,
            weights_step: taps,
            biases: nil
        )
        // Channels that read the same plane are no equal distance apart.
        let step = multiplier == 1 ? SeparableTask.planesAtOnce : 1
        for channel in stride(from: channels.lowerBound, to: channels.upperBound, by: step) {
            let group = channel..<min(channel + step, channels.upperBound)
            part.first.input = planes + channel / multiplier * pitch
            part.first.weights = weights + channel * taps
            part.first.output = output + channel * plane
            part.count = group.count
            part.biases = depthwiseBias.map { $0 + channel }
            function(&part)
            if let activation { activate(activation, group, first, pitch: plane, count: count) }
        }
    }

    /// Some planes, in place, of which those of channel 0 would begin with `first`.
    private func activate(
        _ activation: Activation,
        _ channels: Range<Int>,
        _ first: UnsafeMutablePointer<Float>,
        pitch: Int,
        count: Int
    ) {
        for channel in channels {
            let run = first + channel * pitch
            activation.apply(run, count: count, output: run, kernels: kernels)
        }
    }

    /// The expanded channels for the task's input rows. Gives where row 0 of channel 0 would be.
    private func expand(
        _ expansion: SeparableConvolution.Expansion,
        _ channels: Range<Int>,
        _ input: UnsafePointer<Float>
    ) -> UnsafeMutablePointer<Float> {
        // Whole tiles, as the weights lie.
        let height = kernels.tileRows, first = channels.lowerBound / height * height
        let last = min(geometry.groups, (channels.upperBound + height - 1) / height * height)
        let ceiling = convolution.expansion?.part.activation?.ceiling ?? 0
        switch expansion {
        case .pointwise(let matrix):
            let pixels = wholeVectors(geometry.input.width)
            let output = expanded - first * plan.inputPitch - pixels.lowerBound
            MatrixTask(
                convolution: matrix,
                group: 0,
                rows: first..<last,
                input: input,
                bias: expansionBias,
                output: output,
                plane: plan.inputPitch,
                panel: panel,
                ceiling: ceiling,
                team: team
            ).run(pixels: pixels)
            return output
        case .window(let window):
            let output = expanded - first * plan.inputPitch - inputRows.lowerBound * geometry.input.width
            WindowTask(
                convolution: window,
                group: 0,
                rows: inputRows,
                bias: expansionBias,
                output: output,
                plane: plan.inputPitch,
                ceiling: ceiling,
                band: panel,
                sums: panel,
                team: team
            ).multiplyRows(channels: first..<last)
            return output
        }
    }

    /// The pixels of the task's input rows and, where the plane has them before or behind, those that fill the last vector.
    private func wholeVectors(_ width: Int) -> Range<Int> {
        let lanes = kernels.lanes, wanted = (inputRows.count * width + lanes - 1) / lanes * lanes
        let end = min(geometry.input.plane, inputRows.lowerBound * width + wanted)
        return max(0, end - wanted)..<end
    }

    /// Adds what the kept channels give.
    ///
    /// - Parameters:
    ///   - chunk: of the depth, whole: it is summed by itself before it is added to the others.
    ///   - output: the task's first pixel.
    private func project(
        _ projection: MatrixConvolution,
        _ chunk: Range<Int>,
        to output: UnsafeMutablePointer<Float>,
        count: Int,
        ceiling: Float
    ) {
        RowBlocks(
            kernels: kernels,
            weights: projection.weights.blocks,
            group: 0,
            rows: 0..<projection.geometry.outputChannels,
            chunk: chunk,
            bias: projectionBias,
            output: output,
            plane: geometry.output.plane,
            ceiling: ceiling
        )
        .run(b: kept, offsets: convolution.keptOffsets[0], count: count)
    }
}
