import CVectorKernels
import Synchronization

/// Convolution by Winograd's minimal filtering: the tiles of a block are transformed, multiplied channel by channel with
/// transformed weights at each point, and transformed back, all in the second-level cache.
///
/// Its error bound is normwise: see `WinogradScheme.errorBound`. An infinity or NaN in a tile would spoil all of the tile, and so would an overflow in between; wherever
/// the direct sum is not finite, an output here is not either. So when an output is not finite, the whole layer is
/// computed again by direct summation, whose answer stands.
struct WinogradConvolution: ConvolutionExecutor {
    let geometry: ConvolutionGeometry
    let kernels: KernelSet
    let plan: WinogradPlan
    fileprivate let weights: WinogradWeights
    /// Rows of the transformed tiles.
    private let offsets: RowOffsets
    private let fallback: DirectFallback

    init(_ plan: WinogradPlan, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        geometry = plan.geometry
        self.kernels = kernels
        self.plan = plan
        weights = WinogradWeights(geometry, plan.scheme, weight: weight, kernels: kernels)
        let pitch = plan.tilePitch
        offsets = RowOffsets(count: geometry.inputChannels) { $0 * pitch }
        fallback = DirectFallback(geometry, weight: weight, kernels: kernels, blocking: blocking)
    }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        let layer = WinogradLayer(convolution: self, input: input, bias: bias, output: output)
        let blocks = geometry.groups * plan.blockCount
        // Few blocks are shared channel by channel instead, one block after the other.
        if team.size == 1 || blocks >= 4 * team.size || blocks % team.size == 0 || geometry.outputChannels < 16 {
            layer.runBlocks(team: team)
        } else {
            layer.runChannels(team: team)
        }
        if layer.isSpoilt.load(ordering: .relaxed), !team.isStopped {
            fallback.executor.run(input: input, bias: bias, output: output, team: team)
        }
    }

    fileprivate var tileOffsets: UnsafePointer<Int> { offsets[0] }
}

/// Direct summation for the runs that need it; its weights are packed at the first.
private final class DirectFallback: Sendable {
    private let made = Mutex<(any ConvolutionExecutor)?>(nil)
    private let make: @Sendable () -> any ConvolutionExecutor

    init(_ geometry: ConvolutionGeometry, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        make = { MatrixConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking) }
    }

    var executor: any ConvolutionExecutor {
        made.withLock { made in
            if let made { return made }
            let executor = make()
            made = executor
            return executor
        }
    }
}

/// One run.
private final class WinogradLayer {
    private let convolution: WinogradConvolution
    private let input: UnsafePointer<Float>
    private let bias: UnsafePointer<Float>?
    private let output: UnsafeMutablePointer<Float>
    /// Whether an output was infinite or NaN.
    let isSpoilt = Atomic<Bool>(false)

    private var geometry: ConvolutionGeometry { convolution.geometry }
    private var plan: WinogradPlan { convolution.plan }
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

    /// A task is a block.
    func runBlocks(team: Team) {
        let blocks = plan.blockCount
        team.run(tasks: geometry.groups * blocks, scratch: plan.scratch, nanoseconds: nanoseconds) { task, memory in
            let group = task / blocks, tiles = memory, products = tiles + plan.tileFloats
            let rows = products + plan.productFloats
            withParts(of: task % blocks, group: group) { parts, count in
                transform(parts, group: group, channels: 0..<geometry.inputChannels, tiles: tiles, rows: rows)
                for first in stride(from: 0, to: geometry.outputChannels, by: WinogradPlan.channelsAtOnce)
                where !team.isStopped {
                    let channels = first..<min(first + WinogradPlan.channelsAtOnce, geometry.outputChannels)
                    multiply(
                        parts,
                        count: count,
                        group: group,
                        block: first,
                        channels: channels,
                        tiles: tiles,
                        products: products,
                        rows: rows
                    )
                }
            }
        }
    }

    /// Block by block: first the channels are shared, then the output channels.
    func runChannels(team: Team) {
        team.withScratch(plan.tileFloats) { tiles in
            for index in 0..<geometry.groups * plan.blockCount where !team.isStopped {
                runChannels(group: index / plan.blockCount, block: index % plan.blockCount, tiles: tiles, team: team)
            }
        }
    }

    private func runChannels(group: Int, block: Int, tiles: UnsafeMutablePointer<Float>, team: Team) {
        let time = nanoseconds / max(1, geometry.groups * plan.blockCount)
        withParts(of: block, group: group) { parts, count in
            let shares = min(geometry.inputChannels, 2 * team.size)
            team.run(tasks: shares, scratch: plan.rowFloats, nanoseconds: time / 8) { share, rows in
                let total = geometry.inputChannels
                let channels = total * share / shares..<total * (share + 1) / shares
                transform(parts, group: group, channels: channels, tiles: tiles, rows: rows)
            }
            // Parts of a block of output channels, cut between register tiles.
            let height = convolution.kernels.tileRows, total = geometry.outputChannels
            let atOnce = WinogradPlan.channelsAtOnce
            let wanted = max(height, (total / (4 * team.size) + height - 1) / height * height)
            var pieces: [(block: Int, channels: Range<Int>)] = []
            for first in stride(from: 0, to: total, by: atOnce) {
                let end = min(first + atOnce, total)
                for channel in stride(from: first, to: end, by: wanted) {
                    pieces.append((first, channel..<min(channel + wanted, end)))
                }
            }
            let scratch = plan.productFloats + plan.rowFloats
            team.run(tasks: pieces.count, scratch: scratch, nanoseconds: time) { piece, products in
                multiply(
                    parts,
                    count: count,
                    group: group,
                    block: pieces[piece].block,
                    channels: pieces[piece].channels,
                    tiles: tiles,
                    products: products,
                    rows: products + plan.productFloats
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
        channels: Range<Int>,
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
            first_channel: channels.lowerBound,
            channels: channels.count,
            plane: geometry.input.plane,
            tiles: tiles + channels.lowerBound * plan.tilePitch,
            point: plan.tilesPoint,
            channel: plan.tilePitch,
            rows: rows,
            rows_pitch: plan.rowsPitch
        )
        convolution.kernels.functions.winograd_input(&task)
    }

    /// `channels` are some of the block of output channels that begins with `block`, from a register tile's first on.
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
        guard let first = parts.baseAddress else { return }
        let scheme = plan.scheme, functions = convolution.kernels.functions
        let weights = convolution.weights
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
        if functions.winograd_output(&task) != 0 { isSpoilt.store(true, ordering: .relaxed) }
    }
}
