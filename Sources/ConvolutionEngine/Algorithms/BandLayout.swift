/// A band of padded input rows, laid out so that every tap of the window is one fixed distance from the output's place:
/// [channel][kernel depth][input row][phase][column], where phase p holds the columns p, p + stride, p + 2·stride…
struct BandLayout: Hashable, Sendable {
    /// Output rows in a band.
    let outputRows: Int
    let inputRows: Int
    let phases: Int
    /// Columns of a phase.
    let columns: Int
    /// Floats from one kernel depth to the next, channel after channel.
    let slice: Int
    private let slices: Int
    private let lanes: Int

    /// The tallest band that fits `floats`, or a single row.
    init(_ geometry: ConvolutionGeometry, lanes: Int, floats: Int) {
        let reachX = (geometry.kernel.width - 1) * geometry.dilation.width
        let reachY = (geometry.kernel.height - 1) * geometry.dilation.height
        let vectors = (geometry.output.width + lanes - 1) / lanes
        let phases = min(geometry.stride.width, reachX + 1)
        let columns = vectors * lanes + reachX / geometry.stride.width
        let slices = geometry.inputChannels * geometry.kernel.depth
        let rowsThatFit = floats / max(1, slices * phases * columns)
        let rows = (rowsThatFit - reachY - 1) / geometry.stride.height + 1
        outputRows = max(1, min(rows, geometry.output.height))
        inputRows = (outputRows - 1) * geometry.stride.height + reachY + 1
        self.phases = phases
        self.columns = columns
        self.slices = slices
        self.lanes = lanes
        let dense = inputRows * phases * columns
        // Slices a multiple of 4 KiB apart would all compete for the same lines of the first-level cache.
        slice = dense % 1024 == 0 ? dense + 16 : dense
    }

    /// Floats from one input row to the next.
    var row: Int { phases * columns }
    /// Floats of the band, with the vector that may be read or written past its end.
    var floats: Int { slices * slice + 2 * lanes }

    /// From an output's place to the tap `k` of [channel][kz][ky][kx].
    func offset(ofTap k: Int, _ geometry: ConvolutionGeometry) -> Int {
        let kx = k % geometry.kernel.width * geometry.dilation.width
        let ky = k / geometry.kernel.width % geometry.kernel.height * geometry.dilation.height
        let step = geometry.stride.width
        return k / geometry.kernel.plane * slice + ky * row + kx % step * columns + kx / step
    }
}
