import CVectorKernels

/// Planes in another resolution.
struct UpsampleWork: Sendable {
    var planes: Int
    var input: Spatial
    var output: Spatial
    /// Input cells per output cell: depth, height, width.
    var scales: (Double, Double, Double)
    var mode: Upsample.Mode
    var alignsCorners: Bool

    func run(_ tensor: Tensor, outputShape: Shape, team: Team, kernels: KernelSet = .chosen) -> Tensor {
        tensor.computed(outputShape) { input, output in
            switch mode {
            case .nearest, .nearestExact: nearest(input, output, team: team, functions: kernels.functions)
            case .bilinear: bilinear(input, output, team: team, functions: kernels.functions)
            }
        }
    }

    /// out[i] = in[⌊(i + offset) · scale⌋] on each axis, the offset 0 or, for `nearest-exact`, ½. PyTorch computes in float32, so do we.
    private func nearest(
        _ source: UnsafePointer<Float>,
        _ target: UnsafeMutablePointer<Float>,
        team: Team,
        functions: cv_kernels
    ) {
        let offset: Float = mode == .nearest ? 0 : 0.5
        func cells(_ extent: Int, _ scale: Double, of inputExtent: Int) -> [Int32] {
            (0..<extent).map { index in
                let cell = Int(((Float(index) + offset) * Float(scale)).rounded(.down))
                return Int32(clamping: min(cell, inputExtent - 1))
            }
        }
        let columns = cells(output.width, scales.2, of: input.width)
        let lines = cells(output.height, scales.1, of: input.height)
        let slices = cells(output.depth, scales.0, of: input.depth)
        let width = output.width
        let doubles = width == 2 * input.width && columns.enumerated().allSatisfy { Int($1) == $0 / 2 }
        let rows = planes * output.depth * output.height
        team.forEachRun(ofRows: rows, length: width, microseconds: 300) { run in
            var written: (source: Int, target: UnsafeMutablePointer<Float>)?
            for row in run {
                let (slice, line) = row.quotientAndRemainder(dividingBy: output.height)
                let (plane, z) = slice.quotientAndRemainder(dividingBy: output.depth)
                let from = (plane * input.depth + Int(slices[z])) * input.height + Int(lines[line])
                let to = target + row * width
                if let written, written.source == from {
                    to.update(from: written.target, count: width)
                } else if doubles {
                    functions.mix_columns(source + from * input.width, source + from * input.width, input.width, to)
                } else {
                    functions.pick_columns(source + from * input.width, columns, width, to)
                }
                written = (from, to)
            }
        }
    }

    /// The mean of the four nearest cells, weighted by nearness; the pictures' corners are aligned, or with `alignsCorners` the
    /// centres of their corner cells. A row of the
    /// input is stretched once for all rows of the output that lie between it and the next.
    private func bilinear(
        _ source: UnsafePointer<Float>,
        _ target: UnsafeMutablePointer<Float>,
        team: Team,
        functions: cv_kernels
    ) {
        let width = output.width
        let offset: Float = alignsCorners ? 0 : 0.5
        let columns = (0..<width).map { Neighbours(of: $0, scale: scales.2, offset: offset, extent: input.width) }
        let first = columns.map { Int32(clamping: $0.first) }, second = columns.map { Int32(clamping: $0.second) }
        let nearness = columns.map(\.nearness)
        let doubles = width == 2 * input.width && Float(scales.2) == 0.5 && !alignsCorners
        let strips = Runs(count: output.height, each: max(8, Team.elementsPerTask / max(1, width)))
        let nanoseconds = planes * output.height * width / 1000 * 600
        team.run(tasks: planes * strips.tasks, scratch: 2 * width, nanoseconds: nanoseconds) { task, scratch in
            let plane = source + task / strips.tasks * input.height * input.width
            // Which input row each half of the scratch memory holds.
            var held = (-1, -1)
            func stretched(_ row: Int) -> UnsafePointer<Float> {
                let isEven = row % 2 == 0, place = scratch + (isEven ? 0 : width)
                guard (isEven ? held.0 : held.1) != row else { return UnsafePointer(place) }
                let cells = plane + row * input.width
                if doubles {
                    functions.double_columns(cells, input.width, place)
                } else {
                    functions.blend_columns(cells, first, second, nearness, width, place)
                }
                if isEven { held.0 = row } else { held.1 = row }
                return UnsafePointer(place)
            }
            for line in strips[task % strips.tasks] {
                let rows = Neighbours(of: line, scale: scales.1, offset: offset, extent: input.height)
                let above = stretched(rows.first), below = stretched(rows.second)
                let row = target + (task / strips.tasks * output.height + line) * width
                functions.blend(above, below, rows.nearness, width, row)
            }
        }
    }

    /// Bytes of each thread's stretched rows, and of the tables.
    func workspaceBytes(threads: Int) -> Int? {
        sum(
            product(product(output.width, 8), threads),
            product(sum(sum(output.width, output.height), output.depth), 64)
        )
    }
}

/// The two cells around an output cell's centre on one axis, and how near the second is.
private struct Neighbours {
    let first: Int
    let second: Int
    let nearness: Float

    /// `offset` is where in a cell the point lies that is mapped.
    init(of index: Int, scale: Double, offset: Float, extent: Int) {
        let centre = max(0, Float(scale) * (Float(index) + offset) - offset)
        first = min(Int(centre), extent - 1)
        second = min(first + 1, extent - 1)
        nearness = min(max(centre - Float(first), 0), 1)
    }
}
