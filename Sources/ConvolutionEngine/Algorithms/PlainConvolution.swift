import CVectorKernels

/// Plain loops over one output channel at a time.
struct PlainConvolution: ConvolutionExecutor {
    let geometry: ConvolutionGeometry
    let weight: Tensor
    let kernels: KernelSet

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        var shape = geometry.kernelGeometry
        let plain = kernels.functions.plain
        let channels = geometry.groups * geometry.outputChannels
        weight.withElements { elements in
            guard let weights = elements.baseAddress else { return }
            let channel = { (index: Int) in
                let image = index / channels, out = index % channels, group = out / geometry.outputChannels
                let source = image * geometry.inputFloats + group * geometry.inputChannels * geometry.input.volume
                plain(
                    &shape,
                    input + source,
                    weights + out * geometry.depth,
                    bias?[out] ?? 0,
                    output + index * geometry.output.volume
                )
            }
            // For the tiniest layers even asking the team would take longer than the work.
            if geometry.multiplyAccumulates <= 4096 {
                for index in 0..<geometry.batch * channels { channel(index) }
            } else {
                team.run(tasks: geometry.batch * channels, nanoseconds: geometry.multiplyAccumulates, channel)
            }
        }
    }
}
