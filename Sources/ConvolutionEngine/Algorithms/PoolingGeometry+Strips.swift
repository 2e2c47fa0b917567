import CVectorKernels

extension PoolingGeometry {
    /// One window that is the whole input.
    var isGlobal: Bool {
        output == Spatial(repeating: 1) && kernel == input && dilation == Spatial(repeating: 1)
            && paddingBegin == Spatial(repeating: 0)
    }

    /// About how long one thread takes: small windows cost by their cells, large ones by their rows and by the logarithm
    /// of their width.
    func nanoseconds(lanes: Int) -> Int {
        let bits = Int.bitWidth - kernel.width.leadingZeroBitCount
        let steps = min(kernel.volume + kernel.width, kernel.depth * kernel.height + 4 * bits)
        // Short rows cost by their number, some three nanoseconds each.
        let rows = 3 * output.depth * output.height
        return planes * ((output.volume * steps + input.volume) / (2 * lanes) + rows)
    }

    /// Every plane's rows, cut into tasks. The struct's input and output begin at `plane`.
    func forEachStrip(
        input source: UnsafePointer<Float>,
        output target: UnsafeMutablePointer<Float>,
        team: Team,
        nanoseconds: Int,
        _ body: (_ pool: inout cv_pool, _ plane: Int) -> Void
    ) {
        guard planes * output.volume > 0 else { return }
        let strips = strips
        team.run(tasks: strips.count, nanoseconds: nanoseconds) { task in
            guard isFlat else {
                for (plane, rows) in strips[task] {
                    var pool = pool(plane: plane, rows: rows, input: source, output: target)
                    body(&pool, plane)
                }
                return
            }
            // The kernel is called once for all of a task.
            let (own, rows) = strips.part(task)
            let first = own.lowerBound * output.height + rows.lowerBound
            let end = (own.upperBound - 1) * output.height + rows.upperBound
            var pool = flatPool(rows: first..<end, input: source, output: target)
            body(&pool, 0)
        }
    }

    /// Whether planes have no depth, so that they are rows below each other.
    var isFlat: Bool { input.depth == 1 && kernel.depth == 1 && output.depth == 1 }

    /// Of planes below each other, the output rows `rows`, counted over all of them.
    func flatPool(
        rows: Range<Int>,
        input source: UnsafePointer<Float>,
        output target: UnsafeMutablePointer<Float>
    ) -> cv_pool {
        var pool = pool(plane: 0, rows: rows, input: source, output: target)
        pool.depth_is_planes = 1
        pool.in.depth = planes
        pool.out.depth = planes
        pool.stride.depth = 1
        pool.dilation.depth = 1
        pool.padding.depth = 0
        return pool
    }

    /// A task costs by what it reads as well as by what it writes.
    var strips: RowStrips {
        let reach = max(1, input.volume / max(1, output.volume))
        return RowStrips(planes: planes, rows: output.depth * output.height, width: output.width * reach)
    }

    /// Whole planes, cut into tasks.
    func forEachRunOfPlanes(team: Team, kernels: KernelSet, _ body: (_ planes: Range<Int>) -> Void) {
        let runs = Runs(count: planes, each: max(1, (32 << 10) / max(1, input.volume)))
        // A plane's lanes are added up at the end, in some six nanoseconds.
        let nanoseconds = planes * (input.volume / kernels.lanes + 6)
        team.run(tasks: runs.tasks, nanoseconds: nanoseconds) { task in body(runs[task]) }
    }

    func pool(
        plane: Int,
        rows: Range<Int>,
        input source: UnsafePointer<Float>,
        output target: UnsafeMutablePointer<Float>
    ) -> cv_pool {
        cv_pool(
            input: source + plane * input.volume,
            output: target + plane * output.volume,
            in: input.extent,
            out: output.extent,
            kernel: kernel.extent,
            stride: stride.extent,
            dilation: dilation.extent,
            padding: paddingBegin.extent,
            depth_is_planes: 0,
            row_begin: rows.lowerBound,
            row_end: rows.upperBound,
            row_divisors: nil,
            column_divisors: nil,
            row_reciprocals: nil,
            column_reciprocals: nil
        )
    }
}
