/// Output extents of what runs a window backwards: transposed convolution and unpooling.
extension Window {
    /// A transposed convolution's window: out = (in − 1)·s − p + d·(k − 1) + output_padding + 1.
    ///
    /// With "same" padding the output is in · s, and what (in − 1)·s + d·(k − 1) + 1 has over is cut off, half at each side
    /// (ONNX's `auto_pad`). Cells that `output_padding` or `output_size` add go to the end. The parameters have been checked.
    static func transposed(
        input: Int,
        _ parameters: WindowParameters,
        extent: TransposedConvolution.OutputExtent,
        axis: Int
    ) throws(EngineError) -> Window {
        let stride = parameters.stride[axis]
        let dilation = parameters.dilation[axis]
        let kernel = parameters.kernel[axis]
        var added = 0
        if case .padding(let amounts) = extent {
            added = amounts[axis]
            try checkParameter(added, atLeast: 0, "output_padding", axis)
            guard added < stride || added < dilation else {
                let reason = EngineError.Reason.outputPadding(
                    found: added,
                    stride: stride,
                    dilation: dilation,
                    axis: axis
                )
                throw EngineError(reason, parameter: "output_padding")
            }
        }
        let last = try scaled(input - 1, by: stride, axis: axis)
        let full = last + effective(kernel: kernel, dilation: dilation) + added
        var window = Window(
            input: input,
            kernel: kernel,
            stride: stride,
            dilation: dilation,
            paddingBegin: 0,
            paddingEnd: 0,
            output: 0
        )
        switch parameters.padding {
        case .explicit(let begin, let end):
            window.paddingBegin = begin[axis]
            window.output = full - begin[axis] - end[axis]
        case .valid:
            window.output = full
        case .same, .sameLower:
            window.output = last + stride
            let total = max(0, full - window.output)
            window.paddingBegin = parameters.padding == .same ? total / 2 : total - total / 2
        }
        // Padding may leave nothing that a given size does not bring back.
        if case .size(let sizes) = extent, window.output + stride - 1 >= 1 {
            let smallest = max(1, window.output), largest = window.output + stride - 1
            guard (smallest...largest).contains(sizes[axis]) else {
                let reason = EngineError.Reason.outputSize(
                    found: sizes[axis],
                    minimum: smallest,
                    maximum: largest,
                    axis: axis
                )
                throw EngineError(reason, parameter: "output_size")
            }
            window.output = sizes[axis]
        }
        guard window.output >= 1 else {
            throw EngineError(.nothingLeft(extent: window.output, axis: axis), parameter: "padding")
        }
        window.paddingEnd = last + window.effectiveKernel - window.paddingBegin - window.output
        return window
    }

    /// The extent that max unpooling restores: (in − 1)·s − p + k, or a given one less than a stride away from it.
    static func unpooledExtent(
        input: Int,
        _ parameters: WindowParameters,
        outputSize: Spatial?,
        axis: Int
    ) throws(EngineError) -> Int {
        let stride = parameters.stride[axis]
        let last = try scaled(input - 1, by: stride, axis: axis)
        var extent = last + parameters.kernel[axis]
        switch parameters.padding {
        case .explicit(let begin, let end): extent -= begin[axis] + end[axis]
        case .valid: break
        case .same, .sameLower: extent = last + stride
        }
        if let outputSize {
            let range = max(1, extent - stride + 1)...max(1, extent + stride - 1)
            guard range.contains(outputSize[axis]) else {
                let reason = EngineError.Reason.outputSize(
                    found: outputSize[axis],
                    minimum: range.lowerBound,
                    maximum: range.upperBound,
                    axis: axis
                )
                throw EngineError(reason, parameter: "output_size")
            }
            return outputSize[axis]
        }
        guard extent >= 1 else {
            throw EngineError(.nothingLeft(extent: extent, axis: axis), parameter: "padding")
        }
        return extent
    }

    /// extent · stride, if that is an extent.
    private static func scaled(_ extent: Int, by stride: Int, axis: Int) throws(EngineError) -> Int {
        guard let result = product(extent, stride), result <= maximumExtent else {
            throw EngineError(
                .tooLarge(found: stride, maximum: maximumExtent / max(extent, 1), axis: axis),
                parameter: "stride"
            )
        }
        return result
    }
}
