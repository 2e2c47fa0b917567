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
        // Enough tasks for every thread to have a few, so that an unequal pair of threads still ends together.
        let wanted = threads == 1 ? 1 : (4 * threads + planes - 1) / planes
        let columns = kernels.tileColumns, tilesAcross = TaskSplit.parts(pixelCount, columns)
        let inCache = max(1, blocking.outputFloats / max(1, rowCount * columns))
        let tiles = max(1, min(inCache, tilesAcross / wanted))
        pixelsPerTask = tiles * columns
        pixelParts = TaskSplit.parts(tilesAcross, tiles)
        let tilesDown = TaskSplit.parts(rowCount, kernels.tileRows)
        // Channels are cut only where pixels alone do not give every thread its share: each part gathers anew.
        let rowsWanted = pixelParts >= wanted ? 1 : min(tilesDown, TaskSplit.parts(wanted, pixelParts))
        rowsPerTask = TaskSplit.parts(tilesDown, rowsWanted) * kernels.tileRows
        rowParts = TaskSplit.parts(rowCount, rowsPerTask)
        count = planes * pixelParts * rowParts
    }

    subscript(index: Int) -> Task {
        let part = index / rowParts, pixels = part % pixelParts * pixelsPerTask, rows = index % rowParts * rowsPerTask
        return Task(
            plane: part / pixelParts,
            pixels: pixels..<min(pixelCount, pixels + pixelsPerTask),
            rows: rows..<min(rowCount, rows + rowsPerTask)
        )
    }

    private static func parts(_ total: Int, _ size: Int) -> Int { (total + size - 1) / size }
}
