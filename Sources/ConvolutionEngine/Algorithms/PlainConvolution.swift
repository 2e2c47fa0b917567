import CVectorKernels

/// Plain loops over one output channel at a time.
final class PlainConvolution: BareAlgorithm {
    private let batch: Int
    private let groups: Int
    /// C_out / groups
    private let channels: Int
    /// Floats from one group to the next.
    private let inputFloats: Int
    private let weightFloats: Int
    private let outputFloats: Int
    /// In a place of its own, since a kernel is given its address; never written again.
    private nonisolated(unsafe) let shape: UnsafeMutablePointer<cv_geometry>
    private let multiplyAccumulates: Int
    private let kernels: KernelSet

    init(_ geometry: ConvolutionGeometry, kernels: KernelSet) {
        batch = geometry.batch
        groups = geometry.groups
        channels = geometry.outputChannels
        inputFloats = geometry.inputChannels * geometry.input.volume
        weightFloats = geometry.depth
        outputFloats = geometry.output.volume
        shape = .allocate(capacity: 1)
        shape.initialize(to: geometry.kernelGeometry)
        multiplyAccumulates = geometry.multiplyAccumulates
        self.kernels = kernels
    }

    deinit {
        shape.deallocate()
    }

    func run(
        input: UnsafePointer<Float>,
        weights: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void,
        team: Team
    ) {
        let groupsInAll = batch * groups
        // For the tiniest layers even asking the team would take longer than the work.
        if multiplyAccumulates <= 4096 {
            for group in 0..<groupsInAll {
                write(0..<channels, of: group, input: input, weights: weights, bias: bias, output: output)
            }
            finish(UnsafeMutableBufferPointer(start: output, count: groupsInAll * channels * outputFloats))
        } else {
            team.run(tasks: groupsInAll * channels, nanoseconds: multiplyAccumulates) { task in
                let (group, channel) = task.quotientAndRemainder(dividingBy: channels)
                write(channel..<channel + 1, of: group, input: input, weights: weights, bias: bias, output: output)
                finish(UnsafeMutableBufferPointer(start: output + task * outputFloats, count: outputFloats))
            }
        }
    }

    /// Channels of a group of the whole batch.
    private func write(
        _ range: Range<Int>,
        of group: Int,
        input: UnsafePointer<Float>,
        weights: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        let plain = kernels.functions.plain
        let source = input + group * inputFloats, target = output + group * channels * outputFloats
        let first = groups == 1 ? 0 : group % groups * channels
        for channel in range {
            plain(
                shape,
                source,
                weights + (first + channel) * weightFloats,
                bias?[first + channel] ?? 0,
                target + channel * outputFloats
            )
        }
    }
}
