import CVectorKernels

/// (Σ|x|ᵖ)^(1/p) of each window: powers of a strip's input rows, their sums by the kernel of averages, roots of those.
struct NormPooling {
    let geometry: PoolingGeometry
    let p: Double
    var kernels = KernelSet.chosen

    /// Floats of powers that each thread holds.
    var scratch: Int {
        if planesTogether > 1, let cells = product(planesTogether, geometry.input.volume) { return cells }
        guard geometry.input.depth == 1, geometry.output.depth == 1 else { return geometry.input.volume }
        let steps = product(strips.longest.count - 1, geometry.stride.height)
        let reach = product(geometry.kernel.height - 1, geometry.dilation.height)
        let rows = sum(sum(steps, reach), 1) ?? geometry.input.height
        return min(rows, geometry.input.height) * geometry.input.width
    }

    func run(input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, team: Team) {
        guard geometry.planes * geometry.output.volume > 0 else { return }
        let strips = strips
        let divisors = AverageDivisors(geometry, countsPadding: true, override: 1)
        let nanoseconds =
            geometry.nanoseconds(lanes: kernels.lanes) * ((1...4).contains(p) && p == p.rounded() ? 2 : 20)
        divisors.withPointers { divisors in
            team.run(tasks: strips.count, scratch: scratch, nanoseconds: nanoseconds) { task, powers in
                if planesTogether > 1 {
                    let planes = strips.part(task).planes
                    return pool(planes: planes, input: input, output: output, divisors: divisors, powers: powers)
                }
                for (plane, rows) in strips[task] where !team.isStopped {
                    pool(plane: plane, rows: rows, input: input, output: output, divisors: divisors, powers: powers)
                }
            }
        }
    }

    private var strips: RowStrips { geometry.strips }

    /// Small planes that a task takes together, each whole.
    private var planesTogether: Int {
        geometry.isFlat && geometry.planes > 0 ? strips.part(0).planes.count : 1
    }

    private func pool(
        planes: Range<Int>,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        divisors: AverageDivisors.Pointers,
        powers: UnsafeMutablePointer<Float>
    ) {
        let source = input + planes.lowerBound * geometry.input.volume
        let target = output + planes.lowerBound * geometry.output.volume
        kernels.functions.powers(source, planes.count * geometry.input.volume, p, powers)
        let rows = 0..<planes.count * geometry.output.height
        addUp(geometry.flatPool(rows: rows, input: powers, output: target), divisors)
        takeRoots(of: 0..<planes.count * geometry.output.volume, input: source, output: target)
    }

    private func pool(
        plane: Int,
        rows: Range<Int>,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        divisors: AverageDivisors.Pointers,
        powers: UnsafeMutablePointer<Float>
    ) {
        let read = inputRows(rows), width = geometry.input.width
        let source = input + plane * geometry.input.volume
        kernels.functions.powers(source + read.lowerBound * width, read.count * width, p, powers)
        var pool = geometry.pool(plane: plane, rows: rows, input: input, output: output)
        // Rows before the first are never read.
        pool.input = UnsafePointer(powers) - read.lowerBound * width
        addUp(pool, divisors)
        let cells = rows.lowerBound * geometry.output.width..<rows.upperBound * geometry.output.width
        takeRoots(of: cells, input: source, output: output + plane * geometry.output.volume)
    }

    private func addUp(_ powers: cv_pool, _ divisors: AverageDivisors.Pointers) {
        var pool = powers
        pool.row_divisors = divisors.rows
        pool.column_divisors = divisors.columns
        pool.row_reciprocals = divisors.rowReciprocals
        pool.column_reciprocals = divisors.columnReciprocals
        kernels.functions.pool_average(&pool)
    }

    /// The roots of sums, whose cells are counted from where `source` and `target` begin.
    private func takeRoots(
        of cells: Range<Int>,
        input source: UnsafePointer<Float>,
        output target: UnsafeMutablePointer<Float>
    ) {
        if let exponent = Int32(exactly: p), (1...4).contains(exponent) {
            guard kernels.functions.roots(target + cells.lowerBound, cells.count, exponent) != 0 else { return }
            for cell in cells where target[cell] < 0 { target[cell] = exact(source, cell: cell) }
            return
        }
        for cell in cells {
            let sum = target[cell]
            // Sums of powers that float32 cannot hold, and those that may have lost digits below its smallest.
            target[cell] = sum > 1e-30 && sum < .infinity ? Float(root(Double(sum), p)) : exact(source, cell: cell)
        }
    }

    /// The rows, over depth · height, that the windows of output rows can reach.
    private func inputRows(_ rows: Range<Int>) -> Range<Int> {
        let all = 0..<geometry.input.depth * geometry.input.height
        guard geometry.input.depth == 1, geometry.output.depth == 1 else { return all }
        let first = rows.lowerBound * geometry.stride.height - geometry.paddingBegin.height
        let reach = (geometry.kernel.height - 1) * geometry.dilation.height
        let last = (rows.upperBound - 1) * geometry.stride.height - geometry.paddingBegin.height + reach
        return (first..<max(first, last + 1)).clamped(to: all)
    }

    private func exact(_ planes: UnsafePointer<Float>, cell: Int) -> Float {
        let width = geometry.output.width, height = geometry.output.height, volume = geometry.output.volume
        let plane = planes + cell / volume * geometry.input.volume, row = cell % volume / width
        let position = Spatial(depth: row / height, height: row % height, width: cell % width)
        return Reference.norm(geometry, at: position, p: p) { plane[$0] }
    }
}
