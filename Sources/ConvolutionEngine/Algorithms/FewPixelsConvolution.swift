import CVectorKernels

/// Every product of a convolution with few output pixels, whose lanes are output channels: no lane is empty because the
/// pixels do not fill vectors, and no product is formed with padding.
///
/// Written once while it is made, read-only from then on.
final class FewPixelsConvolution: FinishingExecutor, @unchecked Sendable {
    private let plan: FewPixelsPlan
    private let kernels: KernelSet
    /// Channels summed at a time.
    private let chunk: Int
    /// [group][vector of output channels][tap][channel][lane]
    private let weights: FloatStorage
    private let vectors: Int

    private var geometry: ConvolutionGeometry { plan.geometry }

    init(_ plan: FewPixelsPlan, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        let g = plan.geometry, lanes = kernels.lanes, vectors = FewPixelsPlan.vectors(g, lanes: lanes)
        self.plan = plan
        self.kernels = kernels
        self.vectors = vectors
        chunk = blocking.chunks(of: g.inputChannels).map(\.count).max() ?? 1
        let weights = FloatStorage(capacity: g.groups * vectors * lanes * g.depth)
        self.weights = weights
        weight.withElements { elements in
            guard let source = elements.baseAddress else { return }
            for number in 0..<g.groups * vectors {
                let channel = number % vectors * lanes, row = number / vectors * g.outputChannels + channel
                kernels.functions.few_pixels_weights(
                    source + row * g.depth,
                    min(lanes, g.outputChannels - channel),
                    g.inputChannels,
                    g.kernel.volume,
                    weights.pointer + number * lanes * g.depth
                )
            }
        }
    }

    var preparedBytes: Int {
        let pixels = (plan.outputs.count + plan.inputs.count) * MemoryLayout<Int32>.stride
        return weights.capacity * MemoryLayout<Float>.stride + plan.runs.count * MemoryLayout<cv_pixel_run>.stride
            + pixels
    }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void,
        team: Team
    ) {
        let g = geometry, planes = g.batch * g.groups
        // Each part gathers the pixels anew.
        let parts = min(vectors, (team.size + planes - 1) / planes)
        let nanoseconds = Int(min(plan.cycles / 4, 1e15))
        team.run(tasks: planes * parts, scratch: plan.scratch, nanoseconds: nanoseconds) { task, memory in
            let plane = task / parts, part = task % parts
            multiply(
                vectors * part / parts..<vectors * (part + 1) / parts,
                group: plane % g.groups,
                input: input + plane * g.inputChannels * g.input.volume,
                bias: bias,
                output: output + plane * g.outputChannels * g.output.volume,
                memory: memory,
                finish: finish
            )
        }
    }

    /// Some vectors of the output channels of one group; `output` is the group's first.
    @inline(never)
    private func multiply(
        _ range: Range<Int>,
        group: Int,
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        memory: UnsafeMutablePointer<Float>,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        let g = geometry, lanes = kernels.lanes, plane = g.output.volume
        plan.runs.withUnsafeBufferPointer { runs in
            plan.outputs.withUnsafeBufferPointer { outputs in
                plan.inputs.withUnsafeBufferPointer { inputs in
                    guard let runs = runs.baseAddress, let places = outputs.baseAddress,
                        let sources = inputs.baseAddress
                    else { return }
                    var task = cv_few_pixels(
                        channels: g.inputChannels,
                        chunk: chunk,
                        runs: runs,
                        run_count: plan.runs.count,
                        outputs_of: places,
                        inputs_of: sources,
                        input: input,
                        input_plane: g.input.volume,
                        panel: memory,
                        weights: weights.pointer,
                        bias: nil,
                        plane: plane,
                        outputs: lanes,
                        output: output,
                        sums: memory + plan.panelFloats
                    )
                    kernels.functions.few_pixels_panel(&task)
                    for vector in range {
                        let channel = vector * lanes
                        task.weights = UnsafePointer(weights.pointer) + (group * vectors + vector) * lanes * g.depth
                        task.bias = bias.map { $0 + group * g.outputChannels + channel }
                        task.outputs = min(lanes, g.outputChannels - channel)
                        task.output = output + channel * plane
                        kernels.functions.few_pixels(&task)
                        finish(UnsafeMutableBufferPointer(start: task.output, count: task.outputs * plane))
                    }
                }
            }
        }
    }
}
