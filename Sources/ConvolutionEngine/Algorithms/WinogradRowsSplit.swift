/// The tasks of a convolution by Winograd's filtering down the columns: four output rows each, which lie `dilation` apart.
struct WinogradRowsSplit {
    struct Part {
        /// image · groups + group
        var plane: Int
        /// Of the output.
        var z: Int
        /// The first of the rows, and how many of the four there are.
        var row: Int
        var rowCount: Int
        var columns: Range<Int>
        var channels: Range<Int>
    }

    let count: Int
    private let geometry: ConvolutionGeometry
    private let blockColumns: Int
    private let blocksAcross: Int
    private let channelsPerPart: Int
    private let channelParts: Int
    /// Fours of rows with one remainder by the dilation.
    private let fours: Int
    private let remainders: Int

    init(_ plan: WinogradRowsPlan, threads: Int) {
        geometry = plan.geometry
        blockColumns = plan.blockColumns
        blocksAcross = (geometry.output.width + blockColumns - 1) / blockColumns
        remainders = min(geometry.dilation.height, geometry.output.height)
        let rows = (geometry.output.height + geometry.dilation.height - 1) / geometry.dilation.height
        fours = (rows + 3) / 4
        let parts = geometry.batch * geometry.groups * geometry.output.depth * remainders * fours * blocksAcross
        // Every part of the channels transforms its rows anew, so it has at least four groups of channels to use them for.
        let cuts = threads == 1 || parts >= 4 * threads ? 1 : min(max(1, plan.channelGroups / 4), threads)
        channelsPerPart = (plan.channelGroups + cuts - 1) / cuts * plan.channelsAtOnce
        channelParts = (geometry.outputChannels + channelsPerPart - 1) / channelsPerPart
        count = parts * channelParts
    }

    subscript(task: Int) -> Part {
        var index = task
        func next(_ size: Int) -> Int {
            defer { index /= size }
            return index % size
        }
        let channel = next(channelParts) * channelsPerPart, column = next(blocksAcross) * blockColumns
        let four = next(fours), remainder = next(remainders), z = next(geometry.output.depth)
        let step = geometry.dilation.height, row = remainder + four * 4 * step
        let below = row < geometry.output.height ? (geometry.output.height - 1 - row) / step + 1 : 0
        return Part(
            plane: index,
            z: z,
            row: row,
            rowCount: min(4, below),
            columns: column..<min(geometry.output.width, column + blockColumns),
            channels: channel..<min(geometry.outputChannels, channel + channelsPerPart)
        )
    }
}
