extension Reference {
    /// Combines `input`, broadcast to the output's shape, with what the output holds.
    static func broadcast(
        from inputShape: Shape,
        to outputShape: Shape,
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        _ combine: (_ held: Float, _ new: Float) -> Float
    ) {
        guard outputShape.rank > 0 else {
            output[0] = combine(output[0], input[0])
            return
        }
        // How far one step along each output axis goes in the input: 0 where it is broadcast.
        var steps = SIMD8<Int>(repeating: 0)
        var step = 1
        for axis in inputShape.indices.reversed() {
            if inputShape[axis] != 1 { steps[axis + outputShape.rank - inputShape.rank] = step }
            step *= inputShape[axis]
        }
        let last = outputShape.rank - 1
        let length = outputShape[last]
        for row in 0..<outputShape.dropLast().reduce(1, *) {
            var (rest, source) = (row, 0)
            for axis in (0..<last).reversed() {
                let (quotient, index) = rest.quotientAndRemainder(dividingBy: outputShape[axis])
                source += index * steps[axis]
                rest = quotient
            }
            let target = row * length
            // A broadcast row is one number over and over.
            if steps[last] == 0 {
                let value = input[source]
                for index in Range(start: target, count: length) { output[index] = combine(output[index], value) }
            } else {
                let elements = input.extracting(Range(start: source, count: length))
                for index in elements.indices {
                    output[target + index] = combine(output[target + index], elements[index])
                }
            }
        }
    }

    /// Copies `input` into its place along the concatenated axis: `start` and `extent` count that axis of the output.
    static func place(
        _ layout: ChannelLayout,
        at start: Int,
        of extent: Int,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        let length = layout.channels * layout.inner
        for outer in 0..<layout.outer {
            let target = (outer * extent + start) * layout.inner
            let elements = input.extracting(Range(start: outer * length, count: length))
            for index in elements.indices { output[target + index] = elements[index] }
        }
    }
}
