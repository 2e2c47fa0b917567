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
        forEachStrip(input: source, output: target, team: team) { pool, _ in kernels.functions.adaptive_maximum(&pool) }
    }

    /// Whether places fit the kernel's lanes.
    var canIndex: Bool { input.volume < 1 << 30 }

    /// The same with places in the plane: ties take the first, NaNs the last. Not where `canIndex` is false.
    func maximum(
        input source: UnsafePointer<Float>,
        output target: UnsafeMutablePointer<Float>,
        indices: UnsafeMutablePointer<Int64>,
        team: Team
    ) {
        if let ordinary {
            return PoolingAlgorithms.maximum(
                ordinary,
                input: source,
                output: target,
                indices: indices,
                team: team,
                kernels: kernels
            )
        }
        forEachStrip(input: source, output: target, team: team) { pool, plane in
            kernels.functions.adaptive_indexed(&pool, indices + plane * output.volume)
        }
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
        forEachStrip(input: source, output: target, team: team) { pool, _ in kernels.functions.adaptive_average(&pool) }
    }

    private func forEachStrip(
        input source: UnsafePointer<Float>,
        output target: UnsafeMutablePointer<Float>,
        team: Team,
        _ body: (_ pool: inout cv_pool, _ plane: Int) -> Void
    ) {
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
        geometry.forEachStrip(input: source, output: target, team: team, nanoseconds: nanoseconds, body)
    }
}
