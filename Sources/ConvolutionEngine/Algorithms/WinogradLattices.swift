import CVectorKernels

/// The planes that are cut into tiles: of each image and each slice of the output, every dilation-th row from each of the
/// first ones on.
///
/// Along x such lattices lie in one another: the tiles that begin at each of the first `run` elements are next to each
/// other in a row of tiles, before those that begin where these end.
///
/// A kernel with a depth makes an output slice of several input slices, and neighbouring output slices share them. Then the
/// lattices that differ by the slice alone are a stack, and the tiles of all input slices that a part of it reads are
/// transformed once. Each tap along the depth finds its tiles whole slices further on: with a stride, those of every
/// stride-th tap in a run of slices of their own. Without depth all lattices are one stack.
struct WinogradLattices: Hashable, Sendable {
    let geometry: ConvolutionGeometry
    private let scheme: WinogradScheme
    /// Of one image.
    private let rows: Int
    /// Of one image, in other stacks: the first slices, each with those that lie `dilation` after it.
    private let slices: Int
    let stacks: Int
    /// Lattices in each stack; of those that begin with a later slice the last may not exist.
    let perStack: Int
    /// Runs of input slices that a stack reads.
    let runs: Int
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
        runs = min(geometry.kernel.depth, geometry.stride.depth)
        if geometry.kernel.depth == 1 {
            (slices, stacks) = (geometry.output.depth, 1)
            perStack = geometry.batch * geometry.output.depth * rows
        } else {
            slices = max(1, min(geometry.dilation.depth, geometry.output.depth))
            stacks = geometry.batch * slices * rows
            perStack = (geometry.output.depth + slices - 1) / slices
        }
    }

    /// Taps along the depth whose input slices are in a run.
    func taps(inRun run: Int) -> Int { (geometry.kernel.depth - run + runs - 1) / runs }

    /// Input slices that so many lattices of a stack read.
    func inputSlices(of lattices: Int) -> Int { lattices * runs + geometry.kernel.depth - runs }

    /// The tiles of one lattice that lie in a rectangle of tiles; `nil` when there are none.
    ///
    /// - Parameters:
    ///   - run: of the input slices. In each there are more slices than lattices; those outside the input are padding.
    ///   - input: first channel of the group, in the first image.
    ///   - output: likewise; where no such slice exists, nothing may be written.
    func tiles(
        of lattice: Int,
        stack: Int,
        run: Int = 0,
        rows range: Range<Int>,
        columns: Range<Int>,
        first: Int,
        input: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>
    ) -> cv_tiles? {
        let g = geometry, dilation = g.dilation.height
        let place = place(of: lattice, stack: stack, run: run), phase = place.row
        // The lattice's output 0 begins at this row of the input: `start` lattice rows after the lattice's own first one.
        let row = phase - g.paddingBegin.height
        let start = row >= 0 ? row / dilation : -((dilation - 1 - row) / dilation)
        let firstRow = row - start * dilation
        let firstOutput = phase + range.lowerBound * scheme.outputsY * dilation
        let outputs = max(0, (g.output.height - firstOutput + dilation - 1) / dilation)
        let tileRows = min(range.count, (outputs + scheme.outputsY - 1) / scheme.outputsY)
        guard tileRows > 0, !columns.isEmpty else { return nil }
        let isInside = 0..<g.input.depth ~= place.inputSlice
        let slice = isInside ? place.inputSlice * g.input.plane : 0
        return cv_tiles(
            rows: tileRows,
            columns: columns.count,
            column: columns.lowerBound,
            run: scheme.run,
            first: first,
            input: input + place.image * g.inputFloats + slice + firstRow * g.input.width,
            height: isInside ? max(0, (g.input.height - firstRow + dilation - 1) / dilation) : 0,
            width: g.input.width,
            row_step: dilation * g.input.width,
            top: start + range.lowerBound * scheme.outputsY * g.stride.height,
            left: -g.paddingBegin.width,
            output: output + place.image * g.outputFloats + place.slice * g.output.plane
                + firstOutput * g.output.width,
            output_height: outputs,
            output_width: g.output.width,
            output_row_step: dilation * g.output.width
        )
    }

    /// Whether there is such a slice of the output.
    func exists(_ lattice: Int, stack: Int) -> Bool {
        place(of: lattice, stack: stack, run: 0).slice < geometry.output.depth
    }

    private func place(
        of lattice: Int,
        stack: Int,
        run: Int
    ) -> (image: Int, slice: Int, inputSlice: Int, row: Int) {
        let g = geometry, hasDepth = g.kernel.depth > 1
        let number = hasDepth ? stack : lattice
        let first = number / rows % slices, step = g.stride.depth * (hasDepth ? g.dilation.depth : 1)
        let slice = hasDepth ? first + lattice * slices : first
        let inputSlice = hasDepth ? first + lattice * step : first * step
        return (
            image: number / (rows * slices),
            slice: slice,
            inputSlice: inputSlice + run * g.dilation.depth - g.paddingBegin.depth,
            row: number % rows
        )
    }
}
