/// What each window's sum is divided by: a product of one number for its row and one for its column, since the cells of
/// a window are a product of ranges. (PyTorch's AvgPoolKernel.)
struct AverageDivisors {
    /// [output depth · output height]
    let rows: [Float]
    /// [output width]
    let columns: [Float]

    init(_ geometry: PoolingGeometry, countsPadding: Bool, override: Int?) {
        if let override {
            rows = Array(repeating: Float(override), count: geometry.output.depth * geometry.output.height)
            columns = Array(repeating: 1, count: geometry.output.width)
            return
        }
        let cells = (0..<3).map { axis in
            (0..<geometry.output[axis]).map { index in
                let start = index * geometry.stride[axis] - geometry.paddingBegin[axis]
                let end = min(start + geometry.kernel[axis], geometry.input[axis] + geometry.paddingEnd[axis])
                return countsPadding ? end - start : min(end, geometry.input[axis]) - max(start, 0)
            }
        }
        // Without a single cell the sum is zero, and so shall be the mean.
        rows = cells[0].flatMap { depth in cells[1].map { height in Float(max(1, depth * height)) } }
        columns = cells[2].map { width in Float(max(1, width)) }
    }

    /// Where the kernels find them.
    struct Pointers {
        var rows: UnsafePointer<Float>
        var columns: UnsafePointer<Float>
        /// One divided by each.
        var rowReciprocals: UnsafePointer<Float>
        var columnReciprocals: UnsafePointer<Float>
    }

    func withPointers(_ body: (Pointers) -> Void) {
        let all = rows + columns
        let numbers = all + all.map { 1 / $0 }
        numbers.withUnsafeBufferPointer { numbers in
            guard let first = numbers.baseAddress else { return }
            body(
                Pointers(
                    rows: first,
                    columns: first + rows.count,
                    rowReciprocals: first + all.count,
                    columnReciprocals: first + all.count + rows.count
                )
            )
        }
    }
}
