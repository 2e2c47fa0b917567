extension Reference {
    /// Output i takes the cells ⌊i · in / out⌋ up to ⌈(i + 1) · in / out⌉; windows may overlap.
    static func adaptiveMaximumPool(
        planes: Int,
        from inputExtents: Spatial,
        to outputExtents: Spatial,
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        indices: inout [Int64],
        unless isStopped: () -> Bool = { false }
    ) {
        for plane in 0..<planes {
            outputExtents.forEachPosition { position, flat in
                guard !isStopped() else { return }
                let window = AdaptiveWindow(at: position, input: inputExtents, output: outputExtents)
                var best = -Float.infinity
                var bestCell = -1
                window.forEach { cell in
                    let value = input[plane * inputExtents.cellCount + cell]
                    if value > best || value.isNaN || bestCell < 0 {
                        best = value
                        bestCell = cell
                    }
                }
                output[plane * outputExtents.cellCount + flat] = best
                indices[plane * outputExtents.cellCount + flat] = Int64(bestCell)
            }
        }
    }
}

/// The cells that one output of adaptive pooling takes.
private struct AdaptiveWindow {
    private let depth: Range<Int>
    private let height: Range<Int>
    private let width: Range<Int>
    private let input: Spatial

    init(at position: Spatial, input: Spatial, output: Spatial) {
        func range(_ axis: Int) -> Range<Int> {
            adaptiveRange(position[axis], input: input[axis], output: output[axis])
        }
        depth = range(0)
        height = range(1)
        width = range(2)
        self.input = input
    }

    var count: Int { depth.count * height.count * width.count }

    @inline(__always)
    func forEach(_ body: (_ cell: Int) -> Void) {
        for d in depth {
            for h in height {
                let row = (d * input.height + h) * input.width
                for w in width { body(row + w) }
            }
        }
    }
}

/// ⌊i · in / out⌋ ..< ⌈(i + 1) · in / out⌉ in integers, without forming i · in.
func adaptiveRange(_ index: Int, input: Int, output: Int) -> Range<Int> {
    let (whole, part) = input.quotientAndRemainder(dividingBy: output)
    let start = index * whole + index * part / output
    let end = (index + 1) * whole + ((index + 1) * part + output - 1) / output
    return start..<end
}
