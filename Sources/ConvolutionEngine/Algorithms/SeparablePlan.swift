/// How a depthwise convolution of planes is cut so that the convolutions around it are computed along with it: a task takes
/// a band of output rows, goes through the channels in between some at a time, and keeps what is in between in its own cache.
///
/// Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks (2018), section 5.1, compute a block by parts of its
/// channels to save memory. Here it saves the way of the widest tensors through the caches, and between the cores. Bands that
/// lie side by side both need the rows between them, and each expands them for itself.
struct SeparablePlan: Sendable {
    /// The convolution before, if it takes part, pointwise or with windows: its outputs are the depthwise one's inputs.
    let expansion: ConvolutionGeometry?
    let depthwise: ConvolutionGeometry
    /// The convolution after, if it takes part.
    let projection: ConvolutionGeometry?
    /// Output rows of a band.
    let rows: Int
    /// Depthwise output channels that are expanded at a time; where nothing is projected, those of a task.
    let channels: Int
    /// Depthwise output channels that are projected at a time: those that a projection by itself sums in one go.
    let keptChannels: Int
    /// Floats of working memory that the convolution before needs for itself: a panel, or a band of padded input rows.
    let panelFloats: Int
    private let kernels: KernelSet

    /// Floats in between that a task keeps, beside which its inputs and outputs have room in the second-level cache.
    private static let mostFloats = 192 << 10
    /// More at a time gain nothing.
    private static let mostChannels = 192

    /// The best way to cut it; `nil` where computing the layers one after the other is faster.
    init?(
        expansion: ConvolutionGeometry?,
        depthwise: ConvolutionGeometry,
        projection: ConvolutionGeometry?,
        threads: Int,
        kernels: KernelSet
    ) {
        var best: (plan: SeparablePlan, gain: Double)?
        // All of them, or the depthwise one with either of the others.
        var parts = [(expansion, projection)]
        if expansion != nil, projection != nil { parts += [(expansion, nil), (nil, projection)] }
        for (expansion, projection) in parts {
            for bands in 1...max(1, min(64, depthwise.output.height)) {
                let plan = SeparablePlan(
                    expansion: expansion,
                    depthwise: depthwise,
                    projection: projection,
                    rows: (depthwise.output.height + bands - 1) / bands,
                    threads: threads,
                    kernels: kernels
                )
                guard let plan else { continue }
                let gain = plan.gain(threads: threads)
                if gain > best?.gain ?? 0 { best = (plan, gain) }
            }
        }
        guard let best else { return nil }
        self = best.plan
    }

    /// `nil` where the rows are too many for a cache.
    init?(
        expansion: ConvolutionGeometry?,
        depthwise: ConvolutionGeometry,
        projection: ConvolutionGeometry?,
        rows: Int,
        threads: Int,
        kernels: KernelSet
    ) {
        self.expansion = expansion
        self.depthwise = depthwise
        self.projection = projection
        self.rows = rows
        self.kernels = kernels
        let perInput = expansion == nil ? 0 : SeparablePlan.pitch(rows, depthwise, kernels)
        let perOutput = projection == nil ? 0 : SeparablePlan.outputPitch(rows, depthwise, kernels)
        let multiplier = depthwise.outputChannels, height = kernels.tileRows
        let all = depthwise.groups * multiplier
        keptChannels = projection == nil ? 0 : Blocking.standard.chunks(of: all).reduce(0) { max($0, $1.count) }
        panelFloats = expansion.map { SeparablePlan.panelFloats($0, rows, depthwise, kernels) } ?? 0
        let band = expansion?.isPointwise == false ? panelFloats : 0
        let left = SeparablePlan.mostFloats - keptChannels * perOutput - band
        guard left >= 0 else { return nil }
        let fitting = left * multiplier / max(1, perInput)
        let bands = depthwise.batch * ((depthwise.output.height + rows - 1) / max(1, rows))
        // Without a projection tasks may differ in their channels.
        let shared = projection == nil ? max(height, all / max(1, (4 * threads + bands - 1) / bands)) : all
        let channels = min(fitting, shared, SeparablePlan.mostChannels) / height * height
        guard channels >= height || channels >= all else { return nil }
        self.channels = min(all, max(channels, 1))
    }

    // MARK: - Tasks

    private var bandCount: Int { (depthwise.output.height + rows - 1) / rows }
    private var channelCount: Int { depthwise.groups * depthwise.outputChannels }
    private var channelParts: Int { projection == nil ? (channelCount + channels - 1) / channels : 1 }
    var tasks: Int { depthwise.batch * bandCount * channelParts }

    struct Task {
        var image: Int
        /// Of the output.
        var rows: Range<Int>
        /// Of the depthwise convolution's output.
        var channels: Range<Int>
    }

    subscript(index: Int) -> Task {
        let (band, part) = index.quotientAndRemainder(dividingBy: channelParts)
        let (image, strip) = band.quotientAndRemainder(dividingBy: bandCount)
        let first = projection == nil ? part * channels : 0
        return Task(
            image: image,
            rows: strip * rows..<min(depthwise.output.height, (strip + 1) * rows),
            channels: first..<(projection == nil ? min(channelCount, first + channels) : channelCount)
        )
    }

    /// The most input rows that the depthwise convolution reads for a band.
    var mostInputRows: Int { SeparablePlan.mostInputRows(rows, depthwise) }

    private static func mostInputRows(_ rows: Int, _ depthwise: ConvolutionGeometry) -> Int {
        let reach = (rows - 1) * depthwise.stride.height + (depthwise.kernel.height - 1) * depthwise.dilation.height + 1
        return min(reach, depthwise.input.height)
    }

    /// The input rows that the depthwise convolution reads for some output rows.
    func inputRows(_ rows: Range<Int>) -> Range<Int> { SeparablePlan.inputRows(rows, depthwise) }

    private static func inputRows(_ rows: Range<Int>, _ depthwise: ConvolutionGeometry) -> Range<Int> {
        let first = rows.lowerBound * depthwise.stride.height - depthwise.paddingBegin.height
        let reach = (depthwise.kernel.height - 1) * depthwise.dilation.height + 1
        let end = (rows.upperBound - 1) * depthwise.stride.height - depthwise.paddingBegin.height + reach
        let low = min(max(first, 0), depthwise.input.height)
        return low..<max(low, min(end, depthwise.input.height))
    }

    // MARK: - Working memory, in floats

    /// Expanded rows of one channel, in whole vectors.
    var inputPitch: Int { SeparablePlan.pitch(rows, depthwise, kernels) }
    /// Depthwise outputs of one channel.
    var outputPitch: Int { SeparablePlan.outputPitch(rows, depthwise, kernels) }
    /// Expanded channels at a time: they begin and end with whole tiles.
    private var expandedChannels: Int { (channels - 1) / depthwise.outputChannels + 2 + 2 * kernels.tileRows }
    var expandedFloats: Int { expansion == nil ? 0 : expandedChannels * inputPitch }
    var keptFloats: Int { projection == nil ? 0 : keptChannels * outputPitch + kernels.tileColumns }

    /// Floats that each task needs: what is expanded, what is kept, and the panel.
    var floats: Int { expandedFloats + keptFloats + panelFloats }

    private static func pitch(_ rows: Int, _ depthwise: ConvolutionGeometry, _ kernels: KernelSet) -> Int {
        spread(mostInputRows(rows, depthwise) * depthwise.input.width, kernels)
    }

    private static func panelFloats(
        _ expansion: ConvolutionGeometry,
        _ rows: Int,
        _ depthwise: ConvolutionGeometry,
        _ kernels: KernelSet
    ) -> Int {
        if expansion.isPointwise {
            return MatrixConvolution.scratch(expansion, kernels: kernels, blocking: .standard)
        }
        return BandLayout(expansion, lanes: kernels.lanes, outputRows: mostInputRows(rows, depthwise)).floats
    }

    private static func outputPitch(_ rows: Int, _ depthwise: ConvolutionGeometry, _ kernels: KernelSet) -> Int {
        spread(rows * depthwise.output.width, kernels)
    }

    /// In whole vectors, and so that channels do not lie in the same places of the first-level cache.
    private static func spread(_ floats: Int, _ kernels: KernelSet) -> Int {
        let whole = (floats + kernels.lanes - 1) / kernels.lanes * kernels.lanes
        return whole % 128 == 0 ? whole + kernels.lanes : whole
    }

    // MARK: - Costs, in processor cycles of one thread

    /// What it saves against computing the layers one after the other; negative where it does not.
    private func gain(threads: Int) -> Double {
        var saved = 0.0, spent = 0.0, all = 0.0
        if let expansion {
            saved += SeparablePlan.passing(expansion, threads: threads)
            let cycles =
                expansion.isPointwise
                ? MatrixConvolution.cycles(expansion, kernels: kernels)
                : WindowPlan(expansion, kernels: kernels, blocking: .standard).cycles
            let again = Double(expandedRows) / Double(max(1, depthwise.input.height)) - 1
            spent += max(0, again) * cycles
            all += cycles
        }
        if let projection {
            saved += SeparablePlan.passing(depthwise, threads: threads)
            all += MatrixConvolution.cycles(projection, kernels: kernels)
        }
        // The kernels take some rows at a time, of which the last may be there already.
        let block = depthwise.stride.height == 1 ? 7 : 4, height = depthwise.output.height
        let filtering = Double(depthwise.multiplyAccumulates * (block == 7 ? 3 : 4)) / Double(2 * kernels.lanes)
        let blocks = (0..<bandCount).reduce(0) { $0 + (min(rows, height - $1 * rows) + block - 1) / block }
        spent += filtering * Double(max(0, blocks * block - height)) / Double(max(1, height))
        all += filtering
        // The thread with most to do is waited for.
        let turns = (tasks + threads - 1) / threads * threads
        let longest = Double(rows * bandCount) / Double(max(1, depthwise.output.height))
        spent += all * (Double(turns) / Double(max(1, tasks)) * longest - 1)
        return saved - spent
    }

    /// Input rows of all bands.
    private var expandedRows: Int {
        (0..<bandCount).reduce(0) { $0 + inputRows($1 * rows..<min(depthwise.output.height, ($1 + 1) * rows)).count }
    }

    /// What writing a layer's output and reading it again takes beside what is computed from it: measured. Another core
    /// reads it slowly, and what does not fit a cache comes from afar.
    private static func passing(_ geometry: ConvolutionGeometry, threads: Int) -> Double {
        let floats = geometry.batch * geometry.outputFloats
        return Double(floats) * (threads > 1 ? 1 : floats > 128 << 10 ? 0.4 : 0.1)
    }
}
