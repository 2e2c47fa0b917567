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
        return planes * (output.volume * steps + input.volume) / (2 * lanes)
    }

    /// Every plane's rows, cut into tasks.
    func forEachStrip(team: Team, kernels: KernelSet, _ body: (_ plane: Int, _ rows: Range<Int>) -> Void) {
        guard planes * output.volume > 0 else { return }
        let strips = strips
        team.run(tasks: strips.count, nanoseconds: nanoseconds(lanes: kernels.lanes)) { task in
            for (plane, rows) in strips[task] { body(plane, rows) }
        }
    }

    /// A task costs by what it reads as well as by what it writes.
    var strips: RowStrips {
        let reach = max(1, input.volume / max(1, output.volume))
        return RowStrips(planes: planes, rows: output.depth * output.height, width: output.width * reach)
    }

    /// Whole planes, cut into tasks.
    func forEachRunOfPlanes(team: Team, kernels: KernelSet, _ body: (_ planes: Range<Int>) -> Void) {
        let runs = Runs(count: planes, each: max(1, (32 << 10) / max(1, input.volume)))
        team.run(tasks: runs.tasks, nanoseconds: planes * input.volume / kernels.lanes) { task in body(runs[task]) }
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
            row_begin: rows.lowerBound,
            row_end: rows.upperBound,
            row_divisors: nil,
            column_divisors: nil,
            row_reciprocals: nil,
            column_reciprocals: nil
        )
    }
}
