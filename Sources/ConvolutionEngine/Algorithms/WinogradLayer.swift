import CVectorKernels

/// One run of a Winograd convolution.
struct WinogradLayer {
    let convolution: WinogradConvolution
    let input: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    let output: UnsafeMutablePointer<Float>
    let spoilt = SpoiltFlag()

    var geometry: ConvolutionGeometry { convolution.geometry }
    var plan: WinogradPlan { convolution.plan }
    private var nanoseconds: Int { Int(min(plan.cycles / 4, 1e15)) }

    init(
        convolution: WinogradConvolution,
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        self.convolution = convolution
        self.input = input
        self.bias = bias
        self.output = output
    }

    /// Tiles that are computed together, and where: on one thread, in its own memory.
    struct Work {
        var group: Int
        /// How far into the layer its tiles begin: 0 ..< 1. Threads that have different rows of the same planes begin with
        /// different ones, since each core fetches ahead beyond the rows that it writes.
        var place: Double
        /// What is transformed, and what is computed of it; never empty.
        var inputParts: UnsafeBufferPointer<cv_tiles>
        var parts: UnsafeBufferPointer<cv_tiles>
        /// Tiles of all parts of the output.
        var count: Int
        /// Where each tap along the depth finds them, in tiles.
        var taps: UnsafePointer<Int>
        var pitch: WinogradPlan.Pitch
        var tiles: UnsafeMutablePointer<Float>
        var products: UnsafeMutablePointer<Float>
        var rows: UnsafeMutablePointer<Float>
    }

    func run(team: Team) {
        let threads = max(1, min(team.size, team.freeThreads))
        let shares = WinogradShares(plan, kernels: convolution.kernels, threads: threads).all
        team.run(tasks: shares.count, scratch: plan.scratch, nanoseconds: nanoseconds) { index, memory in
            let share = shares[index]
            withWork(share, memory: memory) { work in
                transform(work)
                let atOnce = WinogradPlan.channelsAtOnce
                let first = share.channels.lowerBound / atOnce * atOnce
                for block in stride(from: first, to: share.channels.upperBound, by: atOnce) where !team.isStopped {
                    multiply(work, block: block, channels: share.channels.clamped(to: block..<block + atOnce))
                }
            }
        }
    }

    private func transform(_ work: Work) {
        guard let first = work.inputParts.baseAddress else { return }
        let scheme = plan.scheme
        var task = cv_winograd_input(
            axis_y: scheme.axisY,
            axis_x: scheme.axisX,
            samples_y: Int32(scheme.samplesY),
            points_x: Int32(scheme.pointsX),
            step_y: scheme.outputsY * geometry.stride.height,
            parts: first,
            part_count: work.inputParts.count,
            channels: geometry.inputChannels,
            plane: geometry.input.volume,
            tiles: work.tiles,
            point: work.pitch.tilesPoint,
            channel: work.pitch.tiles,
            rows: work.rows,
            rows_pitch: plan.rowsPitch
        )
        convolution.kernels.functions.winograd_input(&task)
    }

    /// Products and outputs of some of the block of output channels that begins with `block`, from a register tile's first on.
    private func multiply(_ work: Work, block: Int, channels: Range<Int>) {
        switch convolution.weights {
        case .tiles(let weights): multiply(work, block: block, channels: channels, weights: weights)
        case .few(let weights): multiplyFew(work, channels: channels, weights: weights)
        }
    }

    private func multiply(_ work: Work, block: Int, channels: Range<Int>, weights: WinogradWeights) {
        guard let first = work.parts.baseAddress else { return }
        let scheme = plan.scheme, functions = convolution.kernels.functions
        var product = cv_winograd_product(
            points: scheme.points,
            rows: channels.count,
            channels: geometry.inputChannels,
            count: work.count,
            taps: geometry.kernel.depth,
            tap_tiles: work.taps,
            chunk: Blocking.standard.depth,
            narrow_tiles: convolution.kernels.narrowTiles,
            weights: weights.block(group: work.group, channel: block)
                + (channels.lowerBound - block) * geometry.inputPlanes,
            weights_point: weights.pointFloats(channel: block),
            tiles: work.tiles,
            tiles_point: work.pitch.tilesPoint,
            tiles_channel: work.pitch.tiles,
            products: work.products,
            products_point: work.pitch.productsPoint,
            channel: work.pitch.products
        )
        functions.winograd_product(&product)
        var task = cv_winograd_output(
            axis_y: scheme.axisY,
            axis_x: scheme.axisX,
            outputs_y: Int32(scheme.outputsY),
            points_x: Int32(scheme.pointsX),
            parts: first,
            part_count: work.parts.count,
            first_channel: channels.lowerBound,
            channels: channels.count,
            count: work.count,
            turn: Int(work.place * Double(channels.count)),
            plane: geometry.output.volume,
            products: work.products,
            point: work.pitch.productsPoint,
            channel: work.pitch.products,
            bias: bias.map { $0 + work.group * geometry.outputChannels + channels.lowerBound },
            rows: work.rows,
            rows_pitch: plan.rowsPitch
        )
        if functions.winograd_output(&task) != 0 { spoilt.raise() }
    }
}
