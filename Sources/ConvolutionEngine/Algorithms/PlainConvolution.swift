import CVectorKernels

/// Plain loops over one output channel at a time.
struct PlainConvolution: ConvolutionExecutor {
    let geometry: ConvolutionGeometry
    let weight: Tensor
    let kernels: KernelSet

    var preparedBytes: Int { 0 }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        weight.withElements { elements in
            guard let weights = elements.baseAddress else { return }
            let planes = geometry.batch * geometry.groups * geometry.outputChannels
            // For the tiniest layers even asking the team would take longer than the work.
            if geometry.multiplyAccumulates <= 4096 {
                write(0..<planes, input: input, weights: weights, bias: bias, output: output)
            } else {
                team.run(tasks: planes, nanoseconds: geometry.multiplyAccumulates) { plane in
                    write(plane..<plane + 1, input: input, weights: weights, bias: bias, output: output)
                }
            }
        }
    }

    /// Output planes of the whole batch.
    private func write(
        _ planes: Range<Int>,
        input: UnsafePointer<Float>,
        weights: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        var shape = geometry.kernelGeometry
        let plain = kernels.functions.plain
        let channels = geometry.groups * geometry.outputChannels
        for plane in planes {
            let (image, channel) = plane.quotientAndRemainder(dividingBy: channels)
            let group = channel / geometry.outputChannels
            let source = image * geometry.inputFloats + group * geometry.inputChannels * geometry.input.volume
            plain(
                &shape,
                input + source,
                weights + channel * geometry.depth,
                bias?[channel] ?? 0,
                output + plane * geometry.output.volume
            )
        }
    }
}
