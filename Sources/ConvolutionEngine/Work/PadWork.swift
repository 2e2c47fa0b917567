/// Cells added around the input, or, where `before` is negative, cut off: out[p] = in[p − before], and outside of the
/// input what `mode` says.
struct PadWork: Sendable {
    /// Per axis of the tensor.
    var before: SIMD8<Int>
    var mode: Pad.Mode
    var value: Float

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        run(input, from: input.shape, outputShape: outputShape, team: team)
    }

    /// `inputShape` is another view of the input, of the output's rank.
    func run(_ input: Tensor, from inputShape: Shape, outputShape: Shape, team: Team) -> Tensor {
        let last = outputShape.rank - 1
        let (length, width) = (outputShape[last], inputShape[last])
        let rows = outputShape.dropLast().reduce(1, *)
        // The columns that come straight from the input.
        let inner = min(max(before[last], 0), length)..<min(max(before[last] + width, 0), length)
        return input.computed(outputShape) { input, output in
            team.forEachRun(ofRows: rows, length: length, microseconds: 150) { run in
                for row in run {
                    let target = output + row * length
                    guard let source = source(ofRow: row, from: inputShape, to: outputShape) else {
                        target.update(repeating: value, count: length)
                        continue
                    }
                    let cells = input + source * width
                    if !inner.isEmpty {
                        let first = cells + (inner.lowerBound - before[last])
                        (target + inner.lowerBound).update(from: first, count: inner.count)
                    }
                    for margin in [0..<inner.lowerBound, inner.upperBound..<length] {
                        for index in margin {
                            let cell = mode.source(of: index - before[last], extent: width)
                            target[index] = cell.map { cells[$0] } ?? value
                        }
                    }
                }
            }
        }
    }

    /// The input's row that an output row comes from, both counted over all axes but the last; `nil` for a row of the
    /// constant.
    private func source(ofRow row: Int, from inputShape: Shape, to outputShape: Shape) -> Int? {
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

extension Pad.Mode {
    /// The cell that position `index`, which may lie outside, takes its number from; `nil` for the constant.
    func source(of index: Int, extent: Int) -> Int? {
        if index >= 0 && index < extent { return index }
        switch self {
        case .constant: return nil
        case .reflect: return index < 0 ? -index : 2 * (extent - 1) - index
        case .replicate: return index < 0 ? 0 : extent - 1
        case .circular: return index < 0 ? index + extent : index - extent
        }
    }
}
