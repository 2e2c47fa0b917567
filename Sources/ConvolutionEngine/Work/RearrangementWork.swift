/// Cells added or cut off.
struct PadWork: Sendable {
    /// Per axis of the tensor.
    var before: SIMD8<Int>
    var mode: Pad.Mode
    var value: Float

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.pad(
                from: input.shape,
                to: outputShape,
                before: before,
                mode: mode,
                value: value,
                input: input.elements,
                output: &output
            )
        }
    }
}

/// Planes in another resolution.
struct UpsampleWork: Sendable {
    var planes: Int
    var input: Spatial
    var output: Spatial
    /// Input cells per output cell: depth, height, width.
    var scales: (Double, Double, Double)
    var mode: Upsample.Mode
    var alignsCorners: Bool

    func run(_ tensor: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { elements in
            switch mode {
            case .nearest, .nearestExact:
                Reference.nearest(
                    planes: planes,
                    from: input,
                    to: output,
                    scales: scales,
                    offset: mode == .nearest ? 0 : 0.5,
                    input: tensor.elements,
                    output: &elements
                )
            case .bilinear:
                Reference.bilinear(
                    planes: planes,
                    from: input,
                    to: output,
                    scales: scales,
                    alignsCorners: alignsCorners,
                    input: tensor.elements,
                    output: &elements
                )
            }
        }
    }
}

/// The sum or the product of several tensors.
struct BroadcastWork: Sendable {
    var multiplies: Bool

    func run(_ inputs: [Tensor], outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            for (index, input) in inputs.enumerated() {
                if index == 0 {
                    combine(input, outputShape, &output) { _, new in new }
                } else if multiplies {
                    combine(input, outputShape, &output) { held, new in held * new }
                } else {
                    combine(input, outputShape, &output) { held, new in held + new }
                }
            }
        }
    }

    @inline(__always)
    private func combine(
        _ input: Tensor,
        _ shape: Shape,
        _ output: inout MutableSpan<Float>,
        _ function: (Float, Float) -> Float
    ) {
        Reference.broadcast(from: input.shape, to: shape, input: input.elements, output: &output, function)
    }
}

/// Several tensors one after the other along an axis.
struct ConcatenateWork: Sendable {
    var axis: Int

    func run(_ inputs: [Tensor], outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            var start = 0
            for input in inputs {
                let layout = ChannelLayout(input.shape, axis: axis)
                Reference.place(layout, at: start, of: outputShape[axis], input: input.elements, output: &output)
                start += layout.channels
            }
        }
    }
}
