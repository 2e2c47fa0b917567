/// How a matrix convolution is cut into tasks: (image, group), then pixels, then output channels.
///
/// Cuts lie between tiles. The depth is never cut, so every output is one sum in one order whatever the cuts.
struct TaskSplit {
    struct Task {
        /// image · groups + group
        var plane: Int
        var pixels: Range<Int>
        var rows: Range<Int>
    }

    private let pixelCount: Int
    private let rowCount: Int
    private let pixelsPerTask: Int
    private let rowsPerTask: Int
    private let pixelParts: Int
    private let rowParts: Int
    let count: Int

    init(_ geometry: ConvolutionGeometry, kernels: KernelSet, blocking: Blocking, threads: Int) {
        let planes = geometry.batch * geometry.groups
        pixelCount = geometry.output.volume
        rowCount = geometry.outputChannels
        let columns = kernels.tileColumns
        // A few pixels more go with the last whole tile, whose weights are in a cache then.
        let isLonger = geometry.isPointwise && pixelCount > columns && pixelCount % columns <= kernels.narrowPixels
        let tilesAcross = isLonger ? pixelCount / columns : TaskSplit.parts(pixelCount, columns)
        let tilesDown = TaskSplit.parts(rowCount, kernels.tileRows)
        let inCache = max(1, blocking.outputFloats / max(1, rowCount * columns))
        // Enough tasks for every thread to have a few, so that an unequal pair of threads still ends together.
        let wanted = threads == 1 ? 1 : TaskSplit.parts(4 * threads, planes)
        let pixelsSuffice = threads == 1 || planes * tilesAcross >= 2 * threads
        let tiles = pixelsSuffice ? max(1, min(inCache, tilesAcross / wanted)) : inCache
        pixelsPerTask = tiles * columns
        pixelParts = TaskSplit.parts(tilesAcross, tiles)
        // Channels are cut only where there are too few pixels. Each part gathers its pixels anew, if they need it.
        let cuts = geometry.isPointwise ? wanted : TaskSplit.parts(threads, planes)
        let rowsWanted = pixelsSuffice ? 1 : min(tilesDown, cuts)
        rowsPerTask = TaskSplit.parts(tilesDown, rowsWanted) * kernels.tileRows
        rowParts = TaskSplit.parts(rowCount, rowsPerTask)
        count = planes * pixelParts * rowParts
    }

    subscript(index: Int) -> Task {
        let part = index / rowParts, pixelPart = part % pixelParts, rows = index % rowParts * rowsPerTask
        let pixels = pixelPart * pixelsPerTask
        return Task(
            plane: part / pixelParts,
            pixels: pixels..<(pixelPart == pixelParts - 1 ? pixelCount : pixels + pixelsPerTask),
            rows: rows..<min(rowCount, rows + rowsPerTask)
        )
    }

    private static func parts(_ total: Int, _ size: Int) -> Int { (total + size - 1) / size }
}
