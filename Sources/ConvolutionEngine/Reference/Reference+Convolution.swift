extension Reference {
    /// out[n, o, p] = bias[o] + Σ_c Σ_k weight[o, c, k] · in[n, c, p·s + k·d − pad]
    ///
    /// Input [N, C_in, D, H, W], weight [C_out, C_in / groups, kD, kH, kW], bias [C_out], output [N, C_out, D', H', W'].
    static func convolution(
        _ geometry: ConvolutionGeometry,
        weight: Span<Float>,
        bias: Span<Float>?,
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        unless isStopped: () -> Bool = { false }
    ) {
        let inputPlane = geometry.input.cellCount
        let outputPlane = geometry.output.cellCount
        let kernelCells = geometry.kernel.cellCount
        for sample in 0..<geometry.batch {
            for group in 0..<geometry.groups {
                let firstPlane = (sample * geometry.groups + group) * geometry.inputChannels
                for channel in 0..<geometry.outputChannels {
                    let outputChannel = group * geometry.outputChannels + channel
                    let firstWeight = outputChannel * geometry.inputChannels * kernelCells
                    let firstOutput =
                        (sample * geometry.groups * geometry.outputChannels + outputChannel) * outputPlane
                    let offset = number(bias, outputChannel, else: 0)
                    geometry.output.forEachPosition { position, flat in
                        guard !isStopped() else { return }
                        let taps = InnerTaps(
                            at: position,
                            input: geometry.input,
                            kernel: geometry.kernel,
                            stride: geometry.stride,
                            dilation: geometry.dilation,
                            paddingBegin: geometry.paddingBegin
                        )
                        var total = offset
                        for inputChannel in 0..<geometry.inputChannels {
                            let plane = (firstPlane + inputChannel) * inputPlane
                            let kernel = firstWeight + inputChannel * kernelCells
                            taps.forEach { tap, cell in
                                let weight = weight[kernel + geometry.kernel.flatIndex(of: tap)]
                                total += Double(weight) * Double(input[plane + cell])
                            }
                        }
                        output[firstOutput + flat] = Float(total)
                    }
                }
            }
        }
    }
}

extension Spatial {
    /// The number of cells of a plane that has been checked.
    var cellCount: Int { depth * height * width }

    /// Row-major index of a position in a plane of these extents.
    func flatIndex(of position: Spatial) -> Int {
        (position.depth * height + position.height) * width + position.width
    }
}
