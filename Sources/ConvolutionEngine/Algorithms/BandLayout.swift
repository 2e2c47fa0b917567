/// A band of padded input rows, laid out so that every tap of the window is one fixed distance from its output's place:
/// [channel][kernel depth][row phase][column phase][row][column], where phase p of an axis holds the positions
/// p, p + stride, p + 2·stride… An output (y, x) of the band has its place at y · columns + x.
struct BandLayout: Hashable, Sendable {
    /// Output rows in a band.
    let outputRows: Int
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
    private let slices: Int
    private let lanes: Int

    /// The tallest band that fits `floats`, or a single row.
    init(_ geometry: ConvolutionGeometry, lanes: Int, floats: Int) {
        let row = BandLayout(geometry, lanes: lanes, outputRows: 1)
        let rowsThatFit = floats / max(1, row.planes * row.columns) - (row.rows - 1)
        self.init(geometry, lanes: lanes, outputRows: max(1, min(rowsThatFit, geometry.output.height)))
    }

    /// A band of so many rows of outputs.
    init(_ geometry: ConvolutionGeometry, lanes: Int, outputRows: Int) {
        let reachX = (geometry.kernel.width - 1) * geometry.dilation.width
        let reachY = (geometry.kernel.height - 1) * geometry.dilation.height
        let strideX = geometry.stride.width, strideY = geometry.stride.height
        columnPhases = min(strideX, reachX + 1)
        rowPhases = min(strideY, reachY + 1)
        let paddingAfter = geometry.output.width + reachX - geometry.paddingBegin.width - geometry.input.width
        shared = strideX == 1 ? max(0, min(geometry.paddingBegin.width, paddingAfter)) : 0
        columns = geometry.output.width + reachX / strideX - shared
        slices = geometry.inputChannels * geometry.kernel.depth
        self.outputRows = outputRows
        rows = outputRows + reachY / strideY
        // Planes a multiple of 4 KiB apart would all compete for the same lines of the first-level cache.
        let dense = rows * columns + shared
        plane = dense % 1024 < 16 ? dense + 16 : dense
        self.lanes = lanes
    }

    /// Planes of all channels, kernel depths and phases.
    private var planes: Int { slices * rowPhases * columnPhases }
    /// Floats of the band, with the vectors that may be read or written past its end.
    var floats: Int { planes * plane + 4 * lanes }

    /// From an output's place to the tap `k` of [channel][kz][ky][kx].
    func offset(ofTap k: Int, _ geometry: ConvolutionGeometry) -> Int {
        let kx = k % geometry.kernel.width * geometry.dilation.width
        let ky = k / geometry.kernel.width % geometry.kernel.height * geometry.dilation.height
        let phase = ky % geometry.stride.height * columnPhases + kx % geometry.stride.width
        let start = (k / geometry.kernel.plane * rowPhases * columnPhases + phase) * plane
        return start + ky / geometry.stride.height * columns + kx / geometry.stride.width
    }
}
