import CVectorKernels

/// How a convolution is computed four output rows at a time by Winograd's filtering down the columns alone, and about how
/// long it takes: known without weights.
///
/// Down the columns a kernel of height r and stride s is a sum of filters of stride 1: for each of the s phases, its taps in
/// runs of at most four (or five, if that is all there is). F(4, t) needs t + 3 products where four outputs have 4 t. Along
/// x every product is formed, so that any width, stride and dilation will do.
struct WinogradRowsPlan: Hashable, Sendable {
    /// |error| ≤ errorBound · Σ|w| · max|x| for each output, with the largest x of all that its four rows read.
    static let errorBound = 2e-6

    let geometry: ConvolutionGeometry
    let filters: [WinogradRowFilter]
    /// Output channels whose products stay in registers.
    let channelsAtOnce: Int
    /// Phases of the columns, and floats of each: whole vectors.
    let phases: Int
    let columns: Int
    /// Output columns in a task; whole vectors.
    let blockColumns: Int
    /// Estimated processor cycles of the whole layer on one thread, weights transformed.
    let cycles: Double
    private let lanes: Int

    /// Floats that the transformed rows may take.
    private static let mostFloats = 1 << 20
    /// Filters of a kernel; more rows than that have a transform of their own.
    private static let mostFilters = 16

    /// `nil` when the kernel has one row, when both its stride and dilation are over one, and when not even the rows of one
    /// vector of outputs would fit.
    init?(_ geometry: ConvolutionGeometry, kernels: KernelSet) {
        let stride = geometry.stride, dilation = geometry.dilation
        guard geometry.kernel.height > 1, stride.height == 1 || dilation.height == 1, geometry.output.volume > 0,
            let filters = WinogradRowFilter.all(of: geometry.kernel.height, stride: stride.height),
            filters.count <= WinogradRowsPlan.mostFilters
        else { return nil }
        self.geometry = geometry
        self.filters = filters
        lanes = kernels.lanes
        let hasFive = filters[0].taps == 5
        channelsAtOnce = Int(hasFive ? kernels.functions.row_channels_5 : kernels.functions.row_channels)
        let reach = (geometry.kernel.width - 1) * dilation.width
        phases = min(stride.width, reach + 1)
        let points = filters.reduce(0) { $0 + $1.points }, planes = geometry.inputChannels * geometry.kernel.depth
        let most = WinogradRowsPlan.mostFloats / (points * planes * phases) - reach / stride.width - lanes
        guard most >= lanes else { return nil }
        let width = (geometry.output.width + lanes - 1) / lanes * lanes
        let parts = (width + most / lanes * lanes - 1) / (most / lanes * lanes)
        blockColumns = (width / lanes + parts - 1) / parts * lanes
        columns = (blockColumns + reach / stride.width + lanes - 1) / lanes * lanes
        cycles = WinogradRowsPlan.cycles(geometry, filters, channelsAtOnce, phases: phases, lanes: lanes)
    }

    /// Measured with AVX-512; close enough for the others.
    private static func cycles(
        _ geometry: ConvolutionGeometry,
        _ filters: [WinogradRowFilter],
        _ channels: Int,
        phases: Int,
        lanes: Int
    ) -> Double {
        let taps = Double(geometry.depth / geometry.kernel.height)
        let planes = Double(geometry.inputChannels * geometry.kernel.depth * phases)
        let gathering = geometry.stride.width == 1 ? 1.0 : 3.0
        let vectors = Double((geometry.output.width + lanes - 1) / lanes)
        let points = Double(filters.reduce(0) { $0 + $1.points }), operands = Double(lanes + channels) * 4
        // Of samples and weights hardly more than two are loaded in a cycle. When those of a vector of columns, at every
        // point, are more than the first-level cache has room for, 21 bytes come from the second. A cycle is a product of
        // sixteen lanes.
        let loads = Double(channels + 1) / 2.2, bytes = taps * points * operands < 32_768 ? 0 : operands / 21
        let each = max(1.06 * Double(channels), max(loads, bytes) * 16 / Double(max(8, lanes)))
        var products = 20.0 + 12 * Double(channels), transforming = 0.0
        for filter in filters {
            products += each * taps * Double(filter.points) + 14 * Double(channels)
            transforming += Double(3 * filter.points + 7)
        }
        let groups = Double((geometry.outputChannels + channels - 1) / channels)
        let heights = Double((geometry.output.height + 3) / 4 * geometry.output.depth)
        let row = groups * vectors * products + planes * (vectors + 0.5) * transforming * gathering
        return Double(geometry.batch * geometry.groups) * heights * row
    }

    /// See `WinogradPlan.cycles`.
    func cycles(_ use: WeightUse) -> Double {
        switch use {
        case .often: 1.03 * cycles
        case .once: 1.1 * cycles + 10 * Double(weightFloats)
        }
    }

    /// Floats of working memory from one point of a filter to the next; never a multiple of 4 KiB.
    var point: Int { geometry.inputChannels * geometry.kernel.depth * phases * columns + 16 }
    /// Points of all filters.
    var points: Int { filters.reduce(0) { $0 + $1.points } }
    /// Floats that each thread needs; a vector past the last column can be read.
    var scratch: Int { points * point + 2 * lanes }

    /// Groups of output channels, in each group of the convolution.
    var channelGroups: Int { (geometry.outputChannels + channelsAtOnce - 1) / channelsAtOnce }
    /// Floats of the transformed weights of one of them.
    var groupFloats: Int { points * channelsAtOnce * (geometry.depth / geometry.kernel.height) }
    var weightFloats: Int { geometry.groups * channelGroups * groupFloats }

    /// Where the taps of [channel][kernel depth][kernel width] lie in a point.
    func offset(ofTap tap: Int) -> Int {
        let x = tap % geometry.kernel.width * geometry.dilation.width
        let plane = tap / geometry.kernel.width * phases + x % geometry.stride.width
        return plane * columns + x / geometry.stride.width
    }
}

/// A run of taps down the columns, a stride apart.
struct WinogradRowFilter: Hashable, Sendable {
    var firstTap: Int
    var taps: Int

    var points: Int { taps + 3 }

    /// `nil` when no filter would have more than one tap: nothing would be saved.
    static func all(of height: Int, stride: Int) -> [WinogradRowFilter]? {
        guard height > stride else { return nil }
        if height == 5, stride == 1 { return [WinogradRowFilter(firstTap: 0, taps: 5)] }
        return (0..<stride).flatMap { phase in
            let taps = (height - phase + stride - 1) / stride, runs = (taps + 3) / 4
            return (0..<runs).map { run in
                let first = taps * run / runs
                return WinogradRowFilter(firstTap: phase + first * stride, taps: taps * (run + 1) / runs - first)
            }
        }
    }
}
