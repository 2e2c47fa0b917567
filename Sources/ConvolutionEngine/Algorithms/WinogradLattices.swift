import CVectorKernels

/// The planes that are cut into tiles: of each image, every dilation-th row and column from each of the first ones on.
struct WinogradLattices: Hashable, Sendable {
    let geometry: ConvolutionGeometry
    /// Of one image, along each axis.
    private let rows: Int
    private let columns: Int

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        rows = min(geometry.dilation.height, geometry.output.height)
        columns = min(geometry.dilation.width, geometry.output.width)
    }

    /// Of all images.
    var count: Int { geometry.batch * rows * columns }

    /// Tiles of the largest one, which is the first.
    var tileRows: Int { tiles(geometry.output.height, geometry.dilation.height, 0) }
    var tileColumns: Int { tiles(geometry.output.width, geometry.dilation.width, 0) }

    private func tiles(_ outputs: Int, _ dilation: Int, _ phase: Int) -> Int {
        (extent(outputs, dilation, phase) + WinogradScheme.outputs - 1) / WinogradScheme.outputs
    }

    /// Every `dilation`-th cell of an axis from `phase` on.
    private func extent(_ cells: Int, _ dilation: Int, _ phase: Int) -> Int {
        max(0, (cells - phase + dilation - 1) / dilation)
    }

    /// The tiles of one lattice that lie in a rectangle of tiles; `nil` when there are none.
    ///
    /// - Parameters:
    ///   - input: first channel of the group, in the first image.
    ///   - output: likewise.
    func tiles(
        of lattice: Int,
        rows rowRange: Range<Int>,
        columns columnRange: Range<Int>,
        first: Int,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>
    ) -> cv_tiles? {
        let g = geometry
        let image = lattice / (rows * columns), phaseY = lattice / columns % rows, phaseX = lattice % columns
        let y = Axis(g, phase: phaseY, tiles: rowRange, \.height),
            x = Axis(g, phase: phaseX, tiles: columnRange, \.width)
        guard y.tiles > 0, x.tiles > 0 else { return nil }
        let source = input + image * g.inputFloats, target = output + image * g.outputFloats
        return cv_tiles(
            rows: y.tiles,
            columns: x.tiles,
            first: first,
            input: source + y.firstCell * g.input.width + x.firstCell,
            height: y.cells,
            width: x.cells,
            row_step: g.dilation.height * g.input.width,
            column_step: g.dilation.width,
            top: y.firstSample,
            left: x.firstSample,
            output: target + y.firstOutput * g.output.width + x.firstOutput,
            output_height: y.outputs,
            output_width: x.outputs,
            output_row_step: g.dilation.height * g.output.width,
            output_column_step: g.dilation.width
        )
    }

    /// One axis of a rectangle of tiles.
    private struct Axis {
        var tiles: Int
        /// Of the lattice, in cells of the input, and how many of them there are.
        var firstCell: Int
        var cells: Int
        /// Of the first tile, in cells of the lattice.
        var firstSample: Int
        /// Of the first tile, in cells of the output, and how many there are from there on.
        var firstOutput: Int
        var outputs: Int

        init(_ g: ConvolutionGeometry, phase: Int, tiles range: Range<Int>, _ axis: KeyPath<Spatial, Int>) {
            let dilation = g.dilation[keyPath: axis], size = WinogradScheme.outputs
            // Output `phase` begins at this input cell: `start` lattice cells after the lattice's own first one.
            let cell = phase - g.paddingBegin[keyPath: axis]
            let start = cell >= 0 ? cell / dilation : -((dilation - 1 - cell) / dilation)
            firstCell = cell - start * dilation
            cells = max(0, (g.input[keyPath: axis] - firstCell + dilation - 1) / dilation)
            firstSample = start + range.lowerBound * size * g.stride[keyPath: axis]
            firstOutput = phase + range.lowerBound * size * dilation
            outputs = max(0, (g.output[keyPath: axis] - firstOutput + dilation - 1) / dilation)
            tiles = min(range.count, (outputs + size - 1) / size)
        }
    }
}
