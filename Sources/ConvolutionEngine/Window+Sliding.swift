/// Output extents of convolution and pooling.
extension Window {
    /// A convolution's window: ⌊(in + p − d·(k − 1) − 1) / s⌋ + 1. The parameters have been checked.
    static func convolution(
        input: Int,
        _ parameters: WindowParameters,
        axis: Int
    ) throws(EngineError) -> Window {
        var window = try padded(input: input, parameters, axis: axis)
        let room = window.padded - window.effectiveKernel
        guard room >= 0 else { throw window.kernelExceedsInput(axis: axis) }
        window.output = room / window.stride + 1
        return window
    }

    /// A pool's window. With `ceilMode` a last, partial window stays if it starts inside the input or the padding before it
    /// (PyTorch's `pooling_output_shape`). Padding must be smaller than the effective kernel (ONNX Runtime's rule), so that
    /// no window lies wholly in padding.
    static func pooling(
        input: Int,
        _ parameters: WindowParameters,
        ceilMode: Bool,
        axis: Int
    ) throws(EngineError) -> Window {
        var window = try padded(input: input, parameters, axis: axis)
        let largest = max(window.paddingBegin, window.paddingEnd)
        guard largest < window.effectiveKernel else {
            let reason = EngineError.Reason.poolPadding(
                found: largest,
                effectiveKernel: window.effectiveKernel,
                axis: axis
            )
            throw EngineError(reason, parameter: "padding")
        }
        let room = window.padded - window.effectiveKernel
        if ceilMode {
            window.output = floorDivide(room + window.stride - 1, window.stride) + 1
            if (window.output - 1) * window.stride >= input + window.paddingBegin { window.output -= 1 }
        } else {
            window.output = floorDivide(room, window.stride) + 1
        }
        guard window.output >= 1 else { throw window.kernelExceedsInput(axis: axis) }
        return window
    }

    /// The extent with padding on both sides.
    package var padded: Int { input + paddingBegin + paddingEnd }

    private static func padded(
        input: Int,
        _ parameters: WindowParameters,
        axis: Int
    ) throws(EngineError) -> Window {
        guard input <= maximumExtent else {
            throw EngineError(.tooLarge(found: input, maximum: maximumExtent, axis: axis), parameter: "input")
        }
        var window = Window(
            input: input,
            kernel: parameters.kernel[axis],
            stride: parameters.stride[axis],
            dilation: parameters.dilation[axis],
            paddingBegin: 0,
            paddingEnd: 0,
            output: 0
        )
        switch parameters.padding {
        case .explicit(let begin, let end):
            window.paddingBegin = begin[axis]
            window.paddingEnd = end[axis]
        case .valid:
            break
        case .same, .sameLower:
            let output = (input + window.stride - 1) / window.stride
            let total = max(0, (output - 1) * window.stride + window.effectiveKernel - input)
            window.paddingBegin = parameters.padding == .same ? total / 2 : total - total / 2
            window.paddingEnd = total - window.paddingBegin
        }
        return window
    }

    private func kernelExceedsInput(axis: Int) -> EngineError {
        let reason = EngineError.Reason.kernelExceedsInput(
            kernel: kernel,
            dilation: dilation,
            effective: effectiveKernel,
            padded: padded,
            axis: axis
        )
        return EngineError(reason, parameter: "kernel_size")
    }
}

/// Division that rounds towards −∞; `divisor` is positive.
private func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
    dividend >= 0 ? dividend / divisor : -((divisor - 1 - dividend) / divisor)
}
