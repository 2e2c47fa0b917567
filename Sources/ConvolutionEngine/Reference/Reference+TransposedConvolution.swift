/// A transposed convolution, reduced to its numbers. All extents have been checked.
struct TransposedGeometry: Hashable, Sendable {
    var batch: Int
    var groups: Int
    /// C_in / groups
    var inputChannels: Int
    /// C_out / groups
    var outputChannels: Int
    var windows: Windows
}

extension Reference {
    /// Each input cell spreads over the window that the ordinary convolution would have read:
    /// out[n, o, i·s + k·d − pad] += weight[c, o, k] · in[n, c, i], beginning with bias[o].
    ///
    /// Input [N, C_in, D, H, W], weight [C_in, C_out / groups, kD, kH, kW], bias [C_out], output [N, C_out, D', H', W'].
    static func transposedConvolution(
        _ geometry: TransposedGeometry,
        weight: Span<Float>,
        bias: Span<Float>?,
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        unless isStopped: () -> Bool = { false }
    ) {
        let windows = geometry.windows
        let inputPlane = windows.input.cellCount
        let outputPlane = windows.output.cellCount
        let kernelCells = windows.kernel.cellCount
        var plane = [Double](repeating: 0, count: outputPlane)
        for sample in 0..<geometry.batch {
            for group in 0..<geometry.groups {
                for channel in 0..<geometry.outputChannels {
                    let outputChannel = group * geometry.outputChannels + channel
                    let offset = number(bias, outputChannel, else: 0)
                    for cell in plane.indices { plane[cell] = offset }
                    for inputChannel in 0..<geometry.inputChannels {
                        let source = group * geometry.inputChannels + inputChannel
                        let firstInput =
                            (sample * geometry.groups * geometry.inputChannels + source) * inputPlane
                        let firstWeight = (source * geometry.outputChannels + channel) * kernelCells
                        windows.input.forEachPosition { position, flat in
                            guard !isStopped() else { return }
                            let value = Double(input[firstInput + flat])
                            // The output's cells under this input cell's window.
                            let taps = InnerTaps(
                                at: position,
                                input: windows.output,
                                kernel: windows.kernel,
                                stride: windows.stride,
                                dilation: windows.dilation,
                                paddingBegin: windows.paddingBegin
                            )
                            taps.forEach { tap, cell in
                                let weight = weight[firstWeight + windows.kernel.flatIndex(of: tap)]
                                plane[cell] += Double(weight) * value
                            }
                        }
                    }
                    let firstOutput =
                        (sample * geometry.groups * geometry.outputChannels + outputChannel) * outputPlane
                    for cell in plane.indices { output[firstOutput + cell] = Float(plane[cell]) }
                }
            }
        }
    }
}
