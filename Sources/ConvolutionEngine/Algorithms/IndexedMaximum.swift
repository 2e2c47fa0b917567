/// Max pooling that also says where each maximum stands: one window after the other.
struct IndexedMaximum {
    let geometry: PoolingGeometry

    func run(
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        indices: UnsafeMutablePointer<Int64>,
        team: Team
    ) {
        let volume = geometry.output.volume
        guard geometry.planes * volume > 0 else { return }
        // About a nanosecond for each cell of each window.
        let nanoseconds = geometry.planes * volume * geometry.kernel.volume
        team.run(tasks: geometry.planes, nanoseconds: nanoseconds) { plane in
            pool(
                plane: input + plane * geometry.input.volume,
                output: output + plane * volume,
                indices: indices + plane * volume
            )
        }
    }

    private func pool(
        plane: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        indices: UnsafeMutablePointer<Int64>
    ) {
        var position = 0
        for z in 0..<geometry.output.depth {
            let depths = cells(axis: 0, output: z)
            for y in 0..<geometry.output.height {
                let heights = cells(axis: 1, output: y)
                for x in 0..<geometry.output.width {
                    let widths = cells(axis: 2, output: x)
                    var best = -Float.infinity
                    var place = index(depths.from, heights.from, widths.from)
                    for inZ in depths {
                        for inY in heights {
                            for inX in widths {
                                let candidate = index(inZ, inY, inX), value = plane[candidate]
                                if value > best || value.isNaN {
                                    best = value
                                    place = candidate
                                }
                            }
                        }
                    }
                    output[position] = best
                    indices[position] = Int64(place)
                    position += 1
                }
            }
        }
    }

    private func index(_ z: Int, _ y: Int, _ x: Int) -> Int {
        (z * geometry.input.height + y) * geometry.input.width + x
    }

    /// The input cells of one output along one axis. A start before the input moves on by whole dilation steps.
    private func cells(axis: Int, output: Int) -> StrideTo {
        let step = geometry.dilation[axis]
        var start = output * geometry.stride[axis] - geometry.paddingBegin[axis]
        let end = min(start + (geometry.kernel[axis] - 1) * step + 1, geometry.input[axis])
        if start < 0 { start += (-start + step - 1) / step * step }
        return StrideTo(from: start, to: end, step: step)
    }
}

/// As `stride(from:to:by:)`, with the start at hand.
private struct StrideTo: Sequence, IteratorProtocol {
    var from: Int
    let to: Int
    let step: Int

    init(from: Int, to: Int, step: Int) {
        self.from = from
        self.to = to
        self.step = step
    }

    mutating func next() -> Int? {
        guard from < to else { return nil }
        defer { from += step }
        return from
    }
}
