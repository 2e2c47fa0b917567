import CVectorKernels

/// Pooling of planes, by rows in vector lanes.
package enum PoolingAlgorithms {
    /// The largest element of each window; NaN wins, padding never does.
    ///
    /// - Parameters:
    ///   - input: [planes, D, H, W] of the geometry.
    ///   - output: [planes, D, H, W] of the geometry; every element is written.
    package static func maximum(
        _ geometry: PoolingGeometry,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        team: Team,
        kernels: KernelSet = .chosen
    ) {
        let functions = kernels.functions, volume = geometry.input.volume
        if geometry.isGlobal {
            return geometry.forEachRunOfPlanes(team: team, kernels: kernels) { planes in
                let first = planes.lowerBound
                functions.maxima(input + first * volume, volume, planes.count, output + first)
            }
        }
        let nanoseconds = geometry.nanoseconds(lanes: kernels.lanes)
        geometry.forEachStrip(input: input, output: output, team: team, nanoseconds: nanoseconds) { pool, _ in
            functions.pool_maximum(&pool)
        }
    }

    /// The same with places.
    ///
    /// - Parameter indices: as `output`: where each maximum stands in its unpadded input plane. Ties take the first, NaNs
    ///   the last. The geometry must be one that `canIndex` accepts.
    package static func maximum(
        _ geometry: PoolingGeometry,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        indices: UnsafeMutablePointer<Int64>,
        team: Team,
        kernels: KernelSet = .chosen
    ) {
        let nanoseconds = 2 * geometry.nanoseconds(lanes: kernels.lanes)
        geometry.forEachStrip(input: input, output: output, team: team, nanoseconds: nanoseconds) { pool, plane in
            kernels.functions.pool_indexed(&pool, indices + plane * geometry.output.volume)
        }
    }

    /// Whether every window has an element (which only dilation can take from it), and places fit the kernel's lanes.
    static func canIndex(_ geometry: PoolingGeometry) -> Bool {
        guard geometry.input.volume < 1 << 30 else { return false }
        return (0..<3).allSatisfy { axis in
            geometry.dilation[axis] == 1
                || (0..<geometry.output[axis]).allSatisfy { index in
                    let start = index * geometry.stride[axis] - geometry.paddingBegin[axis]
                    return !Window.taps(
                        from: start,
                        input: geometry.input[axis],
                        kernel: geometry.kernel[axis],
                        dilation: geometry.dilation[axis]
                    ).isEmpty
                }
        }
    }

    /// The mean of each window by PyTorch's divisor: the window cut at input + padding, or at the input when padding is
    /// not counted, or `divisorOverride`. A window without a single cell gives 0.
    ///
    /// - Parameters:
    ///   - input: [planes, D, H, W] of the geometry.
    ///   - output: [planes, D, H, W] of the geometry; every element is written.
    static func average(
        _ geometry: PoolingGeometry,
        divisors: AverageDivisors,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>,
        team: Team,
        kernels: KernelSet = .chosen
    ) {
        let functions = kernels.functions, volume = geometry.input.volume
        if geometry.isGlobal, let row = divisors.rows.first, let column = divisors.columns.first {
            return geometry.forEachRunOfPlanes(team: team, kernels: kernels) { planes in
                let first = planes.lowerBound
                functions.averages(input + first * volume, volume, planes.count, row * column, output + first)
            }
        }
        let nanoseconds = geometry.nanoseconds(lanes: kernels.lanes)
        divisors.withPointers { divisors in
            geometry.forEachStrip(input: input, output: output, team: team, nanoseconds: nanoseconds) { pool, _ in
                pool.row_divisors = divisors.rows
                pool.column_divisors = divisors.columns
                pool.row_reciprocals = divisors.rowReciprocals
                pool.column_reciprocals = divisors.columnReciprocals
                functions.pool_average(&pool)
            }
        }
    }
}
