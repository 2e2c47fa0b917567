/// How a Winograd convolution is cut into blocks of tiles, and about how long it takes: known without weights.
///
/// A block's transformed tiles, and the products of some output channels with them, should stay in the second-level
/// cache; so a block is a rectangle of one lattice's tiles, or several whole small lattices, or the same rectangle of
/// several slices.
struct WinogradPlan: Hashable, Sendable {
    let geometry: ConvolutionGeometry
    let scheme: WinogradScheme
    let lattices: WinogradLattices
    /// Of one lattice.
    private let blockRows: Int
    private let blockColumns: Int
    /// Of a stack; without depth more than one only if a block holds them whole.
    private let latticesPerBlock: Int
    /// Whether the whole layer is a few tiles, for which lanes are output channels and weights transformed along y alone.
    let isFew: Bool
    /// Estimated processor cycles of the whole layer on one thread, weights transformed.
    let cycles: Double
    private let lanes: Int

    /// Output channels whose products are kept at a time.
    static let channelsAtOnce = 64
    /// Floats that the transformed tiles of a block may take.
    private static let mostTileFloats = 1 << 21
    private static let mostTiles = 128
    /// Tiles that are few at most.
    static let few = 32

    /// With the fastest scheme. `nil` when there are no transforms for the geometry, or so many channels that not even a
    /// vector of tiles would fit.
    init?(_ geometry: ConvolutionGeometry, kernels: KernelSet) {
        let plans = WinogradScheme.all(for: geometry).compactMap { WinogradPlan(geometry, $0, kernels: kernels) }
        guard let best = plans.min(by: { $0.cycles < $1.cycles }) else { return nil }
        self = best
    }

    init?(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme, kernels: KernelSet) {
        self.geometry = geometry
        self.scheme = scheme
        lanes = kernels.lanes
        lattices = WinogradLattices(geometry, scheme)
        let fitting = WinogradPlan.mostTileFloats / (scheme.points * geometry.inputChannels)
        let most = min(WinogradPlan.mostTiles, fitting / geometry.kernel.depth)
        guard most >= lanes, geometry.output.volume > 0 else { return nil }
        let cost = WinogradCost(geometry, scheme, kernels)
        let rows = lattices.tileRows, columns = lattices.tileColumns, perStack = lattices.perStack
        if geometry.kernel.depth > 1 {
            var best = (cycles: Double.infinity, slices: 1, rows: 1, columns: min(columns, most))
            for width in Set([min(columns, most), (columns + 1) / 2, min(columns, lanes)]) where width <= most {
                for height in 1...max(1, min(rows, most / width)) {
                    for slices in 1...max(1, min(perStack, WinogradPlan.mostTiles / (width * height))) {
                        guard lattices.inputSlices(of: slices) * height * width <= fitting else { break }
                        let total = cost.stack(
                            slices: perStack,
                            blockSlices: slices,
                            inputSlices: lattices.inputSlices,
                            rows: rows,
                            columns: columns,
                            blockRows: height,
                            blockColumns: width
                        )
                        if (total, slices, height, width) < best { best = (total, slices, height, width) }
                    }
                }
            }
            let slices = lattices.inputSlices(of: perStack)
            let few = cost.few(tiles: rows * columns, rows: rows, slices: perStack, inputSlices: slices)
            isFew =
                lattices.stacks == 1 && scheme.suitsFew && perStack * rows * columns <= WinogradPlan.few
                && slices * rows * columns <= fitting && few < best.cycles
            if isFew { best = (few, perStack, rows, columns) }
            (latticesPerBlock, blockRows, blockColumns) = (best.slices, best.rows, best.columns)
            cycles = Double(lattices.stacks) * best.cycles
        } else if rows * columns <= most {
            (blockRows, blockColumns) = (rows, columns)
            // Blocks of about the same size.
            let atOnce = most / (rows * columns), blocks = (perStack + atOnce - 1) / atOnce
            latticesPerBlock = (perStack + blocks - 1) / blocks
            let tiles = latticesPerBlock * rows * columns
            let many = cost.plane(
                rows: perStack * rows,
                columns: columns,
                blockRows: latticesPerBlock * rows,
                blockColumns: columns
            )
            let few = cost.few(tiles: tiles, rows: latticesPerBlock * rows)
            isFew = blocks == 1 && tiles <= WinogradPlan.few && scheme.suitsFew && few < many
            cycles = isFew ? few : many
        } else {
            latticesPerBlock = 1
            isFew = false
            var best = (cycles: Double.infinity, rows: 1, columns: min(columns, most))
            let parts = (columns + most - 1) / most
            for width in Set([(columns + parts - 1) / parts, min(columns, most), min(columns, most / lanes * lanes)]) {
                for height in 1...max(1, min(rows, most / width)) {
                    let total = cost.plane(rows: rows, columns: columns, blockRows: height, blockColumns: width)
                    if (total, height, width) < best { best = (total, height, width) }
                }
            }
            (blockRows, blockColumns) = (best.rows, best.columns)
            cycles = Double(perStack) * best.cycles
        }
    }

    /// About how long the layer takes on one thread, in processor cycles; with a margin, since both this and what it is
    /// held against are estimates.
    func cycles(_ use: WeightUse) -> Double {
        switch use {
        case .often: 1.03 * cycles
        case .once: 1.1 * cycles + WinogradCost.transforming * Double(weightFloats)
        }
    }

    /// Floats of transformed weights.
    var weightFloats: Int {
        isFew
            ? WinogradFewWeights.floats(geometry, scheme, lanes: lanes) : WinogradWeights.floats(geometry, scheme)
    }

    /// Of one group.
    var blockCount: Int { lattices.stacks * blocksAlong * blocksDown * blocksAcross }

    private var blocksAlong: Int { (lattices.perStack + latticesPerBlock - 1) / latticesPerBlock }
    private var blocksDown: Int { (lattices.tileRows + blockRows - 1) / blockRows }
    private var blocksAcross: Int { (lattices.tileColumns + blockColumns - 1) / blockColumns }

    /// The rectangles of tiles of a block: which lattices of which stack, and where in each.
    subscript(block: Int) -> (stack: Int, lattices: Range<Int>, rows: Range<Int>, columns: Range<Int>) {
        let (rows, columns) = (lattices.tileRows, lattices.tileColumns)
        let row = block / blocksAcross % blocksDown * blockRows, column = block % blocksAcross * blockColumns
        let along = block / (blocksAcross * blocksDown), first = along % blocksAlong * latticesPerBlock
        return (
            along / blocksAlong,
            first..<min(first + latticesPerBlock, lattices.perStack),
            row..<min(rows, row + blockRows),
            column..<min(columns, column + blockColumns)
        )
    }

    func tileCount(of block: Int) -> Int {
        let (_, lattices, rows, columns) = self[block]
        return lattices.count * rows.count * columns.count
    }

    /// The rectangles that make up some tiles of a block, which are counted row by row, lattice after lattice; those past
    /// its last are in further lattices.
    @inline(never)
    func forEachRectangle(
        of block: Int,
        tiles: Range<Int>,
        _ body: (_ lattice: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Void
    ) {
        let (_, lattices, rows, columns) = self[block]
        var tile = tiles.lowerBound
        while tile < tiles.upperBound {
            let row = rows.lowerBound + tile / columns.count % rows.count, column = tile % columns.count
            let left = tiles.upperBound - tile, lattice = lattices.lowerBound + tile / (rows.count * columns.count)
            if column == 0, left >= columns.count {
                let whole = min(left / columns.count, rows.upperBound - row)
                body(lattice, row..<row + whole, columns)
                tile += whole * columns.count
            } else {
                let first = columns.lowerBound + column, count = min(left, columns.count - column)
                body(lattice, row..<row + 1, first..<first + count)
                tile += count
            }
        }
    }

    /// Of a range of a block's tiles at most, in each run of input slices: whole rows of each lattice, and two parts of rows.
    var mostRectangles: Int { lattices.inputSlices(of: latticesPerBlock) + 2 * lattices.runs }

    /// Distances in a thread's working memory, in floats.
    ///
    /// Streams that are written together are never a multiple of 4 KiB apart, or they would compete for the same lines of
    /// the first-level cache. What the last vector of a channel's tiles writes past them is the next channel's, or the gap.
    struct Pitch {
        /// From one channel to the next.
        var tiles: Int
        var products: Int
        /// From one point to the next.
        var tilesPoint: Int
        var productsPoint: Int
    }

    /// For so many tiles of the input together, and of the output.
    func pitch(inputTiles: Int, tiles: Int) -> Pitch {
        // A few tiles are read one by one, and lie densely, more of them by eights: they have to stay in the second-level
        // cache.
        let unit = !isFew ? lanes : inputTiles > 16 ? 8 : 1
        let input = (inputTiles + unit - 1) / unit * unit
        let output = (tiles + lanes - 1) / lanes * lanes
        return Pitch(
            tiles: input,
            products: output,
            tilesPoint: geometry.inputChannels * input + 16,
            productsPoint: min(WinogradPlan.channelsAtOnce, geometry.outputChannels) * output + 16
        )
    }

    private var largest: Pitch {
        let slice = blockRows * blockColumns
        return pitch(inputTiles: lattices.inputSlices(of: latticesPerBlock) * slice, tiles: latticesPerBlock * slice)
    }

    /// Up to three rows of tiles more are made or read than there are, where several rows share a vector.
    var rowsPitch: Int { max((blockRows + 5) * blockColumns, largest.products + 3 * blockColumns) + 2 * lanes }

    var tileFloats: Int { scheme.points * largest.tilesPoint + lanes }
    var productFloats: Int { isFew ? 0 : scheme.points * largest.productsPoint + lanes }
    /// Rows of the input between two axes, or of the output.
    var rowFloats: Int {
        let steps = geometry.stride.height * scheme.outputsY
        let few = isFew ? tileCount(of: 0) * scheme.outputsX * scheme.pointsY * lanes : 0
        return max(few, steps * scheme.pointsX * rowsPitch + 2 * lanes)
    }
    /// Floats that each thread needs.
    var scratch: Int { tileFloats + productFloats + rowFloats }
}
