extension Reference {
    /// out[i] = in[⌊(i + offset) · scale⌋] on each axis; `scales` are input cells per output cell. PyTorch computes in float32, so do we.
    static func nearest(
        planes: Int,
        from inputExtents: Spatial,
        to outputExtents: Spatial,
        scales: (Double, Double, Double),
        offset: Float,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        func source(_ index: Int, _ scale: Double, _ extent: Int) -> Int {
            min(Int(((Float(index) + offset) * Float(scale)).rounded(.down)), extent - 1)
        }
        var target = 0
        for plane in 0..<planes {
            for depth in 0..<outputExtents.depth {
                let sourceDepth = plane * inputExtents.depth + source(depth, scales.0, inputExtents.depth)
                for height in 0..<outputExtents.height {
                    let sourceRow = sourceDepth * inputExtents.height + source(height, scales.1, inputExtents.height)
                    for width in 0..<outputExtents.width {
                        let column = source(width, scales.2, inputExtents.width)
                        output[target] = input[sourceRow * inputExtents.width + column]
                        target += 1
                    }
                }
            }
        }
    }

    /// The mean of the four nearest cells, weighted by nearness; the pictures' corners are aligned, or with
    /// `alignsCorners` the centres of their corner cells.
    static func bilinear(
        planes: Int,
        from inputExtents: Spatial,
        to outputExtents: Spatial,
        scales: (Double, Double, Double),
        alignsCorners: Bool,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        let offset: Float = alignsCorners ? 0 : 0.5
        var target = 0
        for plane in 0..<planes {
            for height in 0..<outputExtents.height {
                let rows = Neighbours(of: height, scale: scales.1, offset: offset, extent: inputExtents.height)
                let first = (plane * inputExtents.height + rows.first) * inputExtents.width
                let second = (plane * inputExtents.height + rows.second) * inputExtents.width
                for width in 0..<outputExtents.width {
                    let columns = Neighbours(of: width, scale: scales.2, offset: offset, extent: inputExtents.width)
                    let above = columns.blend(input[first + columns.first], input[first + columns.second])
                    let below = columns.blend(input[second + columns.first], input[second + columns.second])
                    output[target] = rows.blend(above, below)
                    target += 1
                }
            }
        }
    }
}

/// The two cells around an output cell's centre on one axis, and how near the second is.
private struct Neighbours {
    let first: Int
    let second: Int
    private let nearness: Float

    /// `offset` is where in a cell the point lies that is mapped.
    init(of index: Int, scale: Double, offset: Float, extent: Int) {
        let centre = max(0, Float(scale) * (Float(index) + offset) - offset)
        first = min(Int(centre), extent - 1)
        second = min(first + 1, extent - 1)
        nearness = min(max(centre - Float(first), 0), 1)
    }

    func blend(_ one: Float, _ other: Float) -> Float { (1 - nearness) * one + nearness * other }
}
