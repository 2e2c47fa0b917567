import CVectorKernels

/// Pooling of planes: values only along rows in vector lanes, with indices by plain loops.
package enum PoolingAlgorithms {
    /// The largest element of each window; NaN wins, padding never does.
    ///
    /// - Parameters:
    ///   - input: [planes, D, H, W] of the geometry.
    ///   - output: [planes, D, H, W] of the geometry; every element is written.
    ///   - indices: as `output`: where each maximum stands in its unpadded input plane. Ties take the first, NaNs the last.
    package static func maximum(
        _ geometry: PoolingGeometry,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        indices: UnsafeMutablePointer<Int64>?,
        team: Team
    ) {
        if let indices {
            IndexedMaximum(geometry: geometry).run(input: input, output: output, indices: indices, team: team)
        } else {
            maximum(geometry, input: input, output: output, team: team, kernels: .chosen)
        }
    }

    /// The mean of each window by PyTorch's divisor: the window cut at input + padding, or at the input when padding is
    /// not counted, or `divisorOverride`. A window without a single cell gives 0.
    ///
    /// - Parameters:
    ///   - input: [planes, D, H, W] of the geometry.
    ///   - output: [planes, D, H, W] of the geometry; every element is written.
    package static func average(
        _ geometry: PoolingGeometry,
        countsPadding: Bool,
        divisorOverride: Int?,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        average(
            geometry,
            divisors: AverageDivisors(geometry, countsPadding: countsPadding, override: divisorOverride),
            input: input,
            output: output,
            team: team,
            kernels: .chosen
        )
    }

    static func maximum(
        _ geometry: PoolingGeometry,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        team: Team,
        kernels: KernelSet
    ) {
        let functions = kernels.functions, volume = geometry.input.volume
        walk(geometry, team: team, kernels: kernels) { plane, rows in
            var pool = geometry.pool(plane: plane, rows: rows, input: input, output: output)
            // Almost every plane is finite; finding out also brings it into the cache.
            if functions.has_nonfinite(input + plane * volume, volume) != 0 {
                functions.pool_maximum_nan(&pool)
            } else {
                functions.pool_maximum(&pool)
            }
        }
    }

    static func average(
        _ geometry: PoolingGeometry,
        divisors: AverageDivisors,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        team: Team,
        kernels: KernelSet
    ) {
        let functions = kernels.functions, volume = geometry.input.volume
        divisors.rows.withUnsafeBufferPointer { rowDivisors in
            divisors.columns.withUnsafeBufferPointer { columnDivisors in
                guard let rowDivisor = rowDivisors.baseAddress, let columnDivisor = columnDivisors.baseAddress else {
                    return
                }
                walk(geometry, team: team, kernels: kernels) { plane, rows in
                    if geometry.isGlobal {
                        output[plane] =
                            functions.sum(input + plane * volume, volume) / (rowDivisor[0] * columnDivisor[0])
                        return
                    }
                    var pool = geometry.pool(plane: plane, rows: rows, input: input, output: output)
                    pool.row_divisors = rowDivisor
                    pool.column_divisors = columnDivisor
                    functions.pool_average(&pool)
                }
            }
        }
    }

    /// Every plane's rows, cut into tasks.
    private static func walk(
        _ geometry: PoolingGeometry,
        team: Team,
        kernels: KernelSet,
        _ body: (_ plane: Int, _ rows: Range<Int>) -> Void
    ) {
        guard geometry.planes * geometry.output.volume > 0 else { return }
        let rows = geometry.output.depth * geometry.output.height
        // A task costs by what it reads as well as by what it writes.
        let reach = max(1, geometry.input.volume / max(1, geometry.output.volume))
        let strips = RowStrips(planes: geometry.planes, rows: rows, width: geometry.output.width * reach)
        team.run(tasks: strips.count, nanoseconds: geometry.nanoseconds(lanes: kernels.lanes)) { task in
            for (plane, rows) in strips[task] { body(plane, rows) }
        }
    }
}

extension PoolingGeometry {
    /// One window that is the whole input.
    fileprivate var isGlobal: Bool {
        output == Spatial(repeating: 1) && kernel == input && dilation == Spatial(repeating: 1)
            && paddingBegin == Spatial(repeating: 0)
    }

    /// About how long one thread takes.
    fileprivate func nanoseconds(lanes: Int) -> Int {
        planes * (output.volume * (kernel.plane + kernel.width) + input.volume) / (2 * lanes)
    }

    fileprivate func pool(
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
            column_divisors: nil
        )
    }
}
