import CVectorKernels

/// The planes that are cut into tiles: of each image, every dilation-th row from each of the first ones on.
///
/// Along x such lattices lie in one another: the tiles that begin at each of the first `run` elements are next to each
/// other in a row of tiles, before those that begin where these end.
struct WinogradLattices: Hashable, Sendable {
    let geometry: ConvolutionGeometry
    private let scheme: WinogradScheme
    /// Of one image.
    private let rows: Int
    /// Tiles of the largest one, which is the first.
    let tileRows: Int
    let tileColumns: Int

    init(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme) {
        self.geometry = geometry
        self.scheme = scheme
        rows = max(1, min(geometry.dilation.height, geometry.output.height))
        let height = (geometry.output.height + geometry.dilation.height - 1) / geometry.dilation.height
        tileRows = (height + scheme.outputsY - 1) / scheme.outputsY
        let run = max(1, scheme.run), each = run * scheme.outputsX
        let whole = geometry.output.width / each
        tileColumns = whole * run + min(run, geometry.output.width - whole * each)
    }

    /// Of all images.
    var count: Int { geometry.batch * rows }

    /// The tiles of one lattice that lie in a rectangle of tiles; `nil` when there are none.
    ///
    /// - Parameters:
    ///   - input: first channel of the group, in the first image.
    ///   - output: likewise.
    func tiles(
        of lattice: Int,
        rows range: Range<Int>,
        columns: Range<Int>,
        first: Int,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>
    ) -> cv_tiles? {
        let g = geometry, dilation = g.dilation.height
        let image = lattice / rows, phase = lattice % rows
        // The lattice's output 0 begins at this row of the input: `start` lattice rows after the lattice's own first one.
        let row = phase - g.paddingBegin.height
        let start = row >= 0 ? row / dilation : -((dilation - 1 - row) / dilation)
        let firstRow = row - start * dilation
        let firstOutput = phase + range.lowerBound * scheme.outputsY * dilation
        let outputs = max(0, (g.output.height - firstOutput + dilation - 1) / dilation)
        let tileRows = min(range.count, (outputs + scheme.outputsY - 1) / scheme.outputsY)
        guard tileRows > 0, !columns.isEmpty else { return nil }
        return cv_tiles(
            rows: tileRows,
            columns: columns.count,
            column: columns.lowerBound,
            run: scheme.run,
            first: first,
            input: input + image * g.inputFloats + firstRow * g.input.width,
            height: max(0, (g.input.height - firstRow + dilation - 1) / dilation),
            width: g.input.width,
            row_step: dilation * g.input.width,
            top: start + range.lowerBound * scheme.outputsY * g.stride.height,
            left: -g.paddingBegin.width,
            output: output + image * g.outputFloats + firstOutput * g.output.width,
            output_height: outputs,
            output_width: g.output.width,
            output_row_step: dilation * g.output.width
        )
    }
}
