import CVectorKernels

/// Pooling of planes to a given size.
struct AdaptivePoolingAlgorithms {
    /// Batch · channels.
    var planes: Int
    var input: Spatial
    var output: Spatial
    var kernels = KernelSet.chosen

    /// Where every window is of one size the pool is an ordinary one.
    var ordinary: PoolingGeometry? {
        var kernel = Spatial(repeating: 1)
        for axis in 0..<3 {
            guard input[axis] % output[axis] == 0 else { return nil }
            kernel[axis] = input[axis] / output[axis]
        }
        return PoolingGeometry(
            planes: planes,
            input: input,
            output: output,
            kernel: kernel,
            stride: kernel,
            dilation: Spatial(repeating: 1),
            paddingBegin: Spatial(repeating: 0),
            paddingEnd: Spatial(repeating: 0)
        )
    }

    /// The largest cell of each window; NaN wins.
    func maximum(input source: UnsafePointer<Float>, output target: UnsafeMutablePointer<Float>, team: Team) {
        if let ordinary {
            return PoolingAlgorithms.maximum(ordinary, input: source, output: target, team: team, kernels: kernels)
        }
        forEachStrip(input: source, output: target, team: team) { kernels.functions.adaptive_maximum(&$0) }
    }

    /// The mean of each window.
    func average(input source: UnsafePointer<Float>, output target: UnsafeMutablePointer<Float>, team: Team) {
        if let ordinary {
            return PoolingAlgorithms.average(
                ordinary,
                divisors: AverageDivisors(ordinary, countsPadding: true, override: nil),
                input: source,
                output: target,
                team: team,
                kernels: kernels
            )
        }
        forEachStrip(input: source, output: target, team: team) { kernels.functions.adaptive_average(&$0) }
    }

    private func forEachStrip(
        input source: UnsafePointer<Float>,
        output target: UnsafeMutablePointer<Float>,
        team: Team,
        _ body: (inout cv_pool) -> Void
    ) {
        guard planes * output.volume > 0 else { return }
        let reach = max(1, input.volume / max(1, output.volume))
        let strips = RowStrips(planes: planes, rows: output.depth * output.height, width: output.width * reach)
        // Vertically a vector at a time, horizontally a cell.
        let nanoseconds = planes * (input.volume / kernels.lanes + output.volume * (4 + input.width / output.width))
        let geometry = PoolingGeometry(
            planes: planes,
            input: input,
            output: output,
            kernel: Spatial(repeating: 1),
            stride: Spatial(repeating: 1),
            dilation: Spatial(repeating: 1),
            paddingBegin: Spatial(repeating: 0),
            paddingEnd: Spatial(repeating: 0)
        )
        team.run(tasks: strips.count, nanoseconds: nanoseconds) { task in
            for (plane, rows) in strips[task] {
                var pool = geometry.pool(plane: plane, rows: rows, input: source, output: target)
                body(&pool)
            }
        }
    }
}
