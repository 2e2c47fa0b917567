import CVectorKernels

/// One run of a Winograd convolution.
struct WinogradLayer {
    let convolution: WinogradConvolution
    private let input: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    private let output: UnsafeMutablePointer<Float>
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

    func run(team: Team) {
        let height = plan.isFew ? convolution.kernels.lanes : convolution.kernels.tileRows
        let threads = max(1, min(team.size, team.freeThreads))
        let shares = WinogradShares(plan, height: height, threads: threads).all
        team.run(tasks: shares.count, scratch: plan.scratch, nanoseconds: nanoseconds) { index, memory in
            compute(shares[index], memory: memory, team: team)
        }
    }

    private func compute(_ share: WinogradShares.Share, memory: UnsafeMutablePointer<Float>, team: Team) {
        let tiles = memory, products = tiles + plan.tileFloats, rows = products + plan.productFloats
        withParts(of: share.block, group: share.group) { parts, count in
            transform(parts, group: share.group, tiles: tiles, rows: rows)
            let atOnce = WinogradPlan.channelsAtOnce
            for block in stride(
                from: share.channels.lowerBound / atOnce * atOnce,
                to: share.channels.upperBound,
                by: atOnce
            )
            where !team.isStopped {
                multiply(
                    parts,
                    count: count,
                    group: share.group,
                    block: block,
                    channels: share.channels.clamped(to: block..<block + atOnce),
                    tiles: tiles,
                    products: products,
                    rows: rows
                )
            }
        }
    }

    /// The rectangles of tiles of a block, and how many tiles they have.
    private func withParts(of block: Int, group: Int, _ body: (UnsafeBufferPointer<cv_tiles>, Int) -> Void) {
        let (lattices, rows, columns) = plan[block]
        let source = input + group * geometry.inputChannels * geometry.input.plane
        let target = output + group * geometry.outputChannels * geometry.output.plane
        withUnsafeTemporaryAllocation(of: cv_tiles.self, capacity: lattices.count) { parts in
            var used = 0, tiles = 0
            for lattice in lattices {
                let part = plan.lattices.tiles(
                    of: lattice,
                    rows: rows,
                    columns: columns,
                    first: tiles,
                    input: source,
                    output: target
                )
                guard let part else { continue }
                parts.initializeElement(at: used, to: part)
                used += 1
                tiles += part.rows * part.columns
            }
            if used > 0 { body(UnsafeBufferPointer(rebasing: parts[..<used]), tiles) }
        }
    }

    private func transform(
        _ parts: UnsafeBufferPointer<cv_tiles>,
        group: Int,
        tiles: UnsafeMutablePointer<Float>,
        rows: UnsafeMutablePointer<Float>
    ) {
        guard let first = parts.baseAddress else { return }
        let scheme = plan.scheme
        var task = cv_winograd_input(
            axis_y: scheme.axisY,
            axis_x: scheme.axisX,
            samples_y: Int32(scheme.samplesY),
            points_x: Int32(scheme.pointsX),
            step_y: WinogradScheme.outputs * geometry.stride.height,
            parts: first,
            part_count: parts.count,
            channels: geometry.inputChannels,
            plane: geometry.input.plane,
            tiles: tiles,
            point: plan.tilesPoint,
            channel: plan.tilePitch,
            rows: rows,
            rows_pitch: plan.rowsPitch
        )
        convolution.kernels.functions.winograd_input(&task)
    }

    /// Products and outputs of some of the block of output channels that begins with `block`, from a register tile's first on.
    private func multiply(
        _ parts: UnsafeBufferPointer<cv_tiles>,
        count: Int,
        group: Int,
        block: Int,
        channels: Range<Int>,
        tiles: UnsafePointer<Float>,
        products: UnsafeMutablePointer<Float>,
        rows: UnsafeMutablePointer<Float>
    ) {
        switch convolution.weights {
        case .tiles(let weights):
            multiply(
                parts,
                count: count,
                group: group,
                block: block,
                channels: channels,
                weights: weights,
                tiles: tiles,
                products: products,
                rows: rows
            )
        case .few(let weights):
            multiplyFew(
                parts,
                count: count,
                group: group,
                channels: channels,
                weights: weights,
                tiles: tiles,
                rows: rows
            )
        }
    }

    private func multiply(
        _ parts: UnsafeBufferPointer<cv_tiles>,
        count: Int,
        group: Int,
        block: Int,
        channels: Range<Int>,
        weights: WinogradWeights,
        tiles: UnsafePointer<Float>,
        products: UnsafeMutablePointer<Float>,
        rows: UnsafeMutablePointer<Float>
    ) {
        guard let first = parts.baseAddress else { return }
        let scheme = plan.scheme, functions = convolution.kernels.functions
        var product = cv_winograd_product(
            points: scheme.points,
            rows: channels.count,
            channels: geometry.inputChannels,
            count: count,
            chunk: Blocking.standard.depth,
            narrow_pixels: convolution.kernels.narrowPixels,
            weights: weights.block(group: group, channel: block)
                + (channels.lowerBound - block) * geometry.inputChannels,
            weights_point: weights.pointFloats(channel: block),
            tiles: tiles,
            tiles_point: plan.tilesPoint,
            tiles_channel: plan.tilePitch,
            offsets: convolution.tileOffsets,
            products: products,
            products_point: plan.productsPoint,
            channel: plan.tilePitch
        )
        functions.winograd_product(&product)
        var task = cv_winograd_output(
            axis_y: scheme.axisY,
            axis_x: scheme.axisX,
            points_x: Int32(scheme.pointsX),
            parts: first,
            part_count: parts.count,
            first_channel: channels.lowerBound,
            channels: channels.count,
            count: count,
            plane: geometry.output.plane,
            products: products,
            point: plan.productsPoint,
            channel: plan.tilePitch,
            bias: bias.map { $0 + group * geometry.outputChannels + channels.lowerBound },
            rows: rows,
            rows_pitch: plan.rowsPitch
        )
        if functions.winograd_output(&task) != 0 { spoilt.raise() }
    }
}
