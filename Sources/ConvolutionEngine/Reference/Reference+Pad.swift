extension Reference {
    /// The input with cells added around (or, where `before` is negative, cut off): out[p] = in[p − before], and outside of
    /// the input what `mode` says.
    static func pad(
        from inputShape: Shape,
        to outputShape: Shape,
        before: SIMD8<Int>,
        mode: Pad.Mode,
        value: Float,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        let last = outputShape.rank - 1
        let (length, width) = (outputShape[last], inputShape[last])
        let rows = outputShape.dropLast().reduce(1, *)
        // The columns that come straight from the input.
        let inner = min(max(before[last], 0), length)..<min(max(before[last] + width, 0), length)
        for row in 0..<rows {
            let target = row * length
            guard let sourceRow = source(row, from: inputShape, to: outputShape, before: before, mode: mode) else {
                for index in Range(start: target, count: length) { output[index] = value }
                continue
            }
            let first = sourceRow * width
            for index in inner { output[target + index] = input[first + index - before[last]] }
            for margin in [0..<inner.lowerBound, inner.upperBound..<length] {
                for index in margin {
                    let cell = mode.source(of: index - before[last], extent: width)
                    output[target + index] = cell.map { input[first + $0] } ?? value
                }
            }
        }
    }

    /// The input's row that an output row comes from, both counted over all axes but the last; `nil` for a row of the
    /// constant.
    private static func source(
        _ row: Int,
        from inputShape: Shape,
        to outputShape: Shape,
        before: SIMD8<Int>,
        mode: Pad.Mode
    ) -> Int? {
        var rest = row
        var scale = 1
        var source = 0
        for axis in (0..<(outputShape.rank - 1)).reversed() {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: outputShape[axis])
            guard let cell = mode.source(of: index - before[axis], extent: inputShape[axis]) else { return nil }
            source += cell * scale
            scale *= inputShape[axis]
            rest = quotient
        }
        return source
    }
}
