extension Reference {
    /// The largest element under each window. NaN wins, ties take the first. `indices`, where wanted, holds as many elements
    /// as the output: the flat position in the input plane (of the last NaN, as in PyTorch). A window with no tap inside the
    /// input, which only dilation makes possible, gives −∞ and index −1.
    static func maximumPool(
        _ geometry: PoolingGeometry,
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        indices: inout [Int64],
        unless isStopped: () -> Bool = { false }
    ) {
        let inputPlane = geometry.input.cellCount
        let outputPlane = geometry.output.cellCount
        let keepsIndices = !indices.isEmpty
        for plane in 0..<geometry.planes {
            geometry.output.forEachPosition { position, flat in
                guard !isStopped() else { return }
                var best = -Float.infinity
                var bestCell = -1
                geometry.taps(at: position).forEach { _, cell in
                    let value = input[plane * inputPlane + cell]
                    if value > best || value.isNaN || bestCell < 0 {
                        best = value
                        bestCell = cell
                    }
                }
                output[plane * outputPlane + flat] = best
                if keepsIndices { indices[plane * outputPlane + flat] = Int64(bestCell) }
            }
        }
    }

    /// The sum under each window, divided by `divisorOverride`, or by the taps that lie inside the input, or (with
    /// `countsPadding`) inside the input and its padding; what ceil_mode adds beyond that never counts.
    static func averagePool(
        _ geometry: PoolingGeometry,
        countsPadding: Bool,
        divisorOverride: Int?,
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        unless isStopped: () -> Bool = { false }
    ) {
        let inputPlane = geometry.input.cellCount
        let outputPlane = geometry.output.cellCount
        for plane in 0..<geometry.planes {
            geometry.output.forEachPosition { position, flat in
                guard !isStopped() else { return }
                let taps = geometry.taps(at: position)
                var total = 0.0
                taps.forEach { _, cell in total += Double(input[plane * inputPlane + cell]) }
                let divisor = divisorOverride ?? (countsPadding ? geometry.paddedTapCount(at: position) : taps.count)
                output[plane * outputPlane + flat] = taps.count == 0 ? 0 : Float(total / Double(divisor))
            }
        }
    }

    /// (Σ|x|^p)^(1/p) over the taps that lie inside the input; `cell` gives the elements of the plane.
    static func norm(_ geometry: PoolingGeometry, at position: Spatial, p: Double, _ cell: (Int) -> Float) -> Float {
        var total = 0.0, largest = 0.0
        let taps = geometry.taps(at: position)
        taps.forEach { _, index in
            let value = Double(abs(cell(index)))
            total += power(value, p)
            largest = max(largest, value)
        }
        // Powers that a double cannot hold are taken of fractions of the largest cell.
        var scale = 1.0
        if total == 0 || total == .infinity, largest > 0, largest < .infinity {
            (scale, total) = (largest, 0)
            taps.forEach { _, index in total += power(Double(abs(cell(index))) / scale, p) }
        }
        return Float(scale * root(total, p))
    }
}

extension PoolingGeometry {
    func taps(at position: Spatial) -> InnerTaps {
        InnerTaps(
            at: position,
            input: input,
            kernel: kernel,
            stride: stride,
            dilation: dilation,
            paddingBegin: paddingBegin
        )
    }

    /// The taps that lie inside the input or its padding.
    func paddedTapCount(at position: Spatial) -> Int {
        var count = 1
        for axis in 0..<3 {
            // Counted from the first cell of padding, no tap lies before.
            let taps = Window.taps(
                from: position[axis] * stride[axis],
                input: paddingBegin[axis] + input[axis] + paddingEnd[axis],
                kernel: kernel[axis],
                dilation: dilation[axis]
            )
            count *= taps.count
        }
        return count
    }
}
