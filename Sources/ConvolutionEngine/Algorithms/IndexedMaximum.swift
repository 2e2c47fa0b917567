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
                    var place = index(depths.first, heights.first, widths.first)
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
    private func cells(axis: Int, output: Int) -> Cells {
        let step = geometry.dilation[axis], extent = geometry.input[axis]
        var start = output * geometry.stride[axis] - geometry.paddingBegin[axis]
        let end = min(start + (geometry.kernel[axis] - 1) * step + 1, extent)
        if start < 0 { start += (-start + step - 1) / step * step }
        return Cells(first: min(start, extent - 1), values: Swift.stride(from: start, to: end, by: step))
    }
}

/// The cells of a window along one axis; `first` lies inside the input even when there are none.
private struct Cells: Sequence {
    let first: Int
    let values: StrideTo<Int>

    func makeIterator() -> StrideTo<Int>.Iterator { values.makeIterator() }
}
