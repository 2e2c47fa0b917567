/// A band of padded input rows, laid out so that every tap of the window is one fixed distance from its output's place:
/// [channel][kernel depth][row phase][column phase][row][column], where phase p of an axis holds the positions
/// p, p + stride, p + 2·stride… An output (y, x) of the band has its place at y · columns + x.
///
/// Spread, every kernel column is a phase of its own: then nothing lies between two rows of outputs.
///
/// Where that is so the product takes the depth chunk by chunk, and a band holds the channels of one chunk alone.
struct BandLayout: Hashable, Sendable {
    /// Output rows in a band.
    let outputRows: Int
    /// Rows whose pixels fill whole vectors, where nothing lies between them; 1 elsewhere.
    let rowsAtOnce: Int
    let rowPhases: Int
    let columnPhases: Int
    /// Columns of a phase: floats from one row to the next.
    let columns: Int
    /// Rows of a phase.
    let rows: Int
    /// Zeros that follow each row's last column: the next row's leading padding serves as this row's trailing one.
    let shared: Int
    /// Floats from one phase plane to the next.
    let plane: Int
    private let isSpread: Bool
    /// Channels and kernel depths: all, and those in a band.
    private let slices: Int
    private let heldSlices: Int
    private let lanes: Int

    /// The tallest band that fits `floats`, or a single row, for products of at most `depth` terms at a time.
    init(_ geometry: ConvolutionGeometry, lanes: Int, floats: Int, depth: Int, isSpread: Bool) {
        let row = BandLayout(geometry, lanes: lanes, outputRows: 1, depth: depth, isSpread: isSpread)
        let rowsThatFit = floats / max(1, row.heldPlanes * row.columns) - (row.rows - 1)
        let fitting = max(1, min(rowsThatFit, geometry.output.height)), atOnce = row.rowsAtOnce
        let isPart = fitting < geometry.output.height && fitting > atOnce
        let rows = isPart ? fitting / atOnce * atOnce : fitting
        self.init(geometry, lanes: lanes, outputRows: rows, depth: depth, isSpread: isSpread)
    }

    /// A band of so many rows of outputs, with all channels where `depth` is nil.
    init(_ geometry: ConvolutionGeometry, lanes: Int, outputRows: Int, depth: Int? = nil, isSpread: Bool = false) {
        self.isSpread = isSpread
        let reachX = (geometry.kernel.width - 1) * geometry.dilation.width
        let reachY = (geometry.kernel.height - 1) * geometry.dilation.height
        let strideX = geometry.stride.width, strideY = geometry.stride.height
        columnPhases = isSpread ? reachX + 1 : min(strideX, reachX + 1)
        rowPhases = min(strideY, reachY + 1)
        let paddingAfter = geometry.output.width + reachX - geometry.paddingBegin.width - geometry.input.width
        shared = strideX == 1 && !isSpread ? max(0, min(geometry.paddingBegin.width, paddingAfter)) : 0
        columns = geometry.output.width + (isSpread ? 0 : reachX / strideX - shared)
        let isDense = columns == geometry.output.width, taps = geometry.kernel.volume
        // A chunk may begin within one channel and end within another.
        let most = min(depth ?? geometry.depth, geometry.depth)
        let held = isDense ? min((most + taps - 2) / taps + 1, geometry.inputChannels) : geometry.inputChannels
        slices = geometry.inputPlanes
        heldSlices = held * geometry.kernel.depth
        rowsAtOnce = isDense ? BandLayout.rowsOfWholeVectors(columns: columns, lanes: lanes) : 1
        self.outputRows = outputRows
        rows = outputRows + reachY / strideY
        // Planes a multiple of 4 KiB apart would all compete for the same lines of the first-level cache.
        let dense = rows * columns + shared
        plane = dense % 1024 < 16 ? dense + 16 : dense
        self.lanes = lanes
    }

    private static func rowsOfWholeVectors(columns: Int, lanes: Int) -> Int {
        var rows = lanes
        while rows % 2 == 0, rows / 2 * columns % lanes == 0 { rows /= 2 }
        return rows
    }

    /// Vectors written when all channels of a band are filled; of narrow rows two go into one.
    var vectors: Int {
        let isNarrow = columns <= lanes / 2
        return slices * phases * (isNarrow ? (rows + 1) / 2 : rows * ((columns + lanes - 1) / lanes))
    }

    private var phases: Int { rowPhases * columnPhases }
    private var heldPlanes: Int { heldSlices * phases }
    /// Floats of the band, with the vectors that may be read or written past its end.
    var floats: Int { heldPlanes * plane + 4 * lanes }
    /// Floats from one channel to the next.
    func channelFloats(_ geometry: ConvolutionGeometry) -> Int {
        geometry.kernel.depth * phases * plane
    }

    /// From an output's place to the tap `k` of [channel][kz][ky][kx], in a band that begins with channel 0.
    func offset(ofTap k: Int, _ geometry: ConvolutionGeometry) -> Int {
        let kx = k % geometry.kernel.width * geometry.dilation.width
        let ky = k / geometry.kernel.width % geometry.kernel.height * geometry.dilation.height
        let column = isSpread ? kx : kx % geometry.stride.width
        let phase = ky % geometry.stride.height * columnPhases + column
        let start = (k / geometry.kernel.plane * phases + phase) * plane
        return start + ky / geometry.stride.height * columns + (isSpread ? 0 : kx / geometry.stride.width)
    }
}
