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
        // The columns that come straight from the input, and where the others come from.
        let inner = min(max(before[last], 0), length)..<min(max(before[last] + width, 0), length)
        let margins = [0..<inner.lowerBound, inner.upperBound..<length].joined().map { index in
            (index: index, cell: mode.source(of: index - before[last], extent: width))
        }
        return input.computed(outputShape) { input, output in
            team.forEachRun(ofRows: rows, length: length, microseconds: 150) { run in
                var places = PadRows(self, from: inputShape, to: outputShape, at: run.lowerBound)
                for row in run {
                    let target = output + row * length
                    guard let source = places.next() else {
                        target.update(repeating: value, count: length)
                        continue
                    }
                    let cells = input + source * width
                    if !inner.isEmpty {
                        let first = cells + (inner.lowerBound - before[last])
                        (target + inner.lowerBound).update(from: first, count: inner.count)
                    }
                    for margin in margins { target[margin.index] = margin.cell.map { cells[$0] } ?? value }
                }
            }
        }
    }
}

/// The input's rows that successive output rows come from, both counted over all axes but the last.
private struct PadRows {
    private let work: PadWork
    private let inputShape: Shape
    private let outputShape: Shape
    /// The output row's plane and its place in it.
    private var plane: Int
    private var place: Int
    /// The input's plane; `nil` for one of the constant.
    private var source: Int?

    init(_ work: PadWork, from inputShape: Shape, to outputShape: Shape, at row: Int) {
        self.work = work
        self.inputShape = inputShape
        self.outputShape = outputShape
        (plane, place) = (0, row)
        if outputShape.rank > 1 {
            (plane, place) = row.quotientAndRemainder(dividingBy: outputShape[outputShape.rank - 2])
        }
        source = sourcePlane
    }

    /// `nil` for a row of the constant.
    mutating func next() -> Int? {
        let axis = outputShape.rank - 2
        guard axis >= 0 else { return 0 }
        defer {
            place += 1
            if place == outputShape[axis] {
                (plane, place) = (plane + 1, 0)
                source = sourcePlane
            }
        }
        guard let source, let cell = work.mode.source(of: place - work.before[axis], extent: inputShape[axis]) else {
            return nil
        }
        return source * inputShape[axis] + cell
    }

    private var sourcePlane: Int? {
        var rest = plane
        var scale = 1
        var source = 0
        for axis in (0..<max(0, outputShape.rank - 2)).reversed() {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: outputShape[axis])
            guard let cell = work.mode.source(of: index - work.before[axis], extent: inputShape[axis]) else {
                return nil
            }
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
