import CVectorKernels

/// Copies input rows into a band, with zeros where the padding is.
struct BandFill {
    let geometry: ConvolutionGeometry
    let layout: BandLayout
    let kernels: KernelSet
    /// First channel of the group.
    let input: UnsafePointer<Float>
    let band: UnsafeMutablePointer<Float>

    /// What the output rows `rows` at depth `z` reach, of all channels.
    func fill(z: Int, rows: Range<Int>) { fill(z: z, rows: rows, channels: 0..<geometry.inputChannels) }

    /// The same of some channels, the first at the band's beginning.
    func fill(z: Int, rows: Range<Int>, channels: Range<Int>) {
        let fill = kernels.functions.fill_phases, phases = layout.rowPhases * layout.columnPhases
        let front = z * geometry.stride.depth - geometry.paddingBegin.depth
        let count = rows.count + layout.rows - layout.outputRows
        var part = cv_phases(
            input: input,
            height: geometry.input.height,
            width: geometry.input.width,
            top: rows.lowerBound * geometry.stride.height - geometry.paddingBegin.height,
            left: -geometry.paddingBegin.width,
            stride_y: geometry.stride.height,
            stride_x: geometry.stride.width,
            row_phases: layout.rowPhases,
            column_phases: layout.columnPhases,
            rows: count,
            columns: layout.columns,
            band: band,
            plane: layout.plane
        )
        for channel in channels {
            for tap in 0..<geometry.kernel.depth {
                let inZ = front + tap * geometry.dilation.depth, exists = 0..<geometry.input.depth ~= inZ
                part.input = input + channel * geometry.input.volume + (exists ? inZ * geometry.input.plane : 0)
                part.height = exists ? geometry.input.height : 0
                fill(&part)
                if layout.shared > 0 {
                    for phase in 0..<phases {
                        (part.band + phase * layout.plane + count * layout.columns)
                            .update(repeating: 0, count: layout.shared)
                    }
                }
                part.band += phases * layout.plane
            }
        }
    }
}
