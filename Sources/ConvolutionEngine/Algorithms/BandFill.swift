import CVectorKernels

/// Copies input rows into a band, with zeros where the padding is.
struct BandFill {
    let geometry: ConvolutionGeometry
    let layout: BandLayout
    let kernels: KernelSet
    /// First channel of the group.
    let input: UnsafePointer<Float>
    let band: UnsafeMutablePointer<Float>

    /// What the output rows `rows` at depth `z` reach.
    func fill(z: Int, rows: Range<Int>) {
        let front = z * geometry.stride.depth - geometry.paddingBegin.depth
        // In the order in which planes lie, because a copied row may spill over the start of what follows it.
        var target = band
        for slice in 0..<geometry.inputChannels * geometry.kernel.depth {
            let inZ = front + slice % geometry.kernel.depth * geometry.dilation.depth
            let channel = input + slice / geometry.kernel.depth * geometry.input.volume
            let source = 0..<geometry.input.depth ~= inZ ? channel + inZ * geometry.input.plane : nil
            for rowPhase in 0..<layout.rowPhases {
                for columnPhase in 0..<layout.columnPhases {
                    fill(target, from: source, rows: rows, rowPhase: rowPhase, columnPhase: columnPhase)
                    target += layout.plane
                }
            }
        }
    }

    /// One phase plane from one input plane, or zeros.
    private func fill(
        _ target: UnsafeMutablePointer<Float>,
        from source: UnsafePointer<Float>?,
        rows: Range<Int>,
        rowPhase: Int,
        columnPhase: Int
    ) {
        let copy = kernels.functions.copy_run
        let step = geometry.stride.width, width = geometry.input.width
        let count = rows.count + layout.rows - layout.outputRows
        let top = rows.lowerBound * geometry.stride.height - geometry.paddingBegin.height + rowPhase
        // Column j of the phase is the input's column j · step + shift.
        let shift = columnPhase - geometry.paddingBegin.width
        let low = min(layout.columns, shift >= 0 ? 0 : (-shift + step - 1) / step)
        let high = min(layout.columns, shift < width ? (width - shift + step - 1) / step : 0)
        for row in 0..<count {
            let y = top + row * geometry.stride.height
            let line = source.flatMap { 0..<geometry.input.height ~= y ? $0 + y * width : nil }
            copy(
                target + row * layout.columns,
                (line ?? input) + shift,
                step,
                low,
                line == nil ? 0 : high,
                layout.columns
            )
        }
        (target + count * layout.columns).update(repeating: 0, count: layout.shared)
    }
}
