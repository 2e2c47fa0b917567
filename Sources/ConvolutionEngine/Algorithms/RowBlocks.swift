import CVectorKernels

/// A range of output channels times one chunk of depth: goes down the channels one register tile at a time.
struct RowBlocks {
    let kernels: KernelSet
    let weights: PackedWeights.Blocks
    let group: Int
    /// Output channels of the group; begins at a multiple of the tile's height.
    var rows: Range<Int>
    let chunk: Range<Int>
    /// Of the group's first channel.
    let bias: UnsafePointer<Float>?
    /// Column 0 of the group's first channel.
    let output: UnsafeMutablePointer<Float>
    /// Output floats from one channel to the next.
    let plane: Int
    /// When above zero, complete sums become the nearest number from 0 to this; NaN stays.
    var ceiling: Float = 0

    private var lastCeiling: Float { chunk.upperBound == weights.depth ? ceiling : 0 }

    /// Those of the block that begins with `row`.
    private func weights(_ row: Int) -> UnsafePointer<Float> {
        weights.block(group: group, chunk: chunk, row: row)
    }

    /// Adds the products of `count` columns that lie side by side in B and in the output, a tile's width at a time; one more
    /// than fills the last tile goes along with it where that is possible.
    func run(b: UnsafePointer<Float>, offsets: UnsafePointer<Int>, count: Int) {
        let wide = kernels.tileColumns
        var first = 0
        while first < count {
            if kernels.hasTileExtra, count - first == wide + 1 {
                return tileAndOne(b: b + first, offsets: offsets, column: first)
            }
            columns(b: b + first, offsets: offsets, column: first, count: min(wide, count - first))
            first += wide
        }
    }

    /// Adds the products of `count` columns, at most a tile's width, that lie side by side in B and in the output: in vectors,
    /// which are read in full, and a few left over by broadcasting.
    func columns(b: UnsafePointer<Float>, offsets: UnsafePointer<Int>, column: Int, count: Int) {
        let rest = count % kernels.lanes, broadcast = rest <= kernels.narrowPixels ? rest : 0, wide = count - broadcast
        tiles(b: b, offsets: offsets, column: column, count: wide)
        narrow(b: b + wide, offsets: offsets, column: column + wide, count: broadcast)
    }

    /// One column more than a tile has goes with the tile, but for the rows that are not a whole one.
    func tileAndOne(b: UnsafePointer<Float>, offsets: UnsafePointer<Int>, column: Int) {
        let wide = kernels.tileColumns
        tiles(b: b, offsets: offsets, column: column, count: wide, extra: wide)
        var remaining = self
        remaining.rows = rows.upperBound - rows.count % kernels.tileRows..<rows.upperBound
        remaining.narrow(b: b + wide, offsets: offsets, column: column + wide, count: 1)
    }

    /// Adds the products of `count` columns, at most a tile's width, that lie side by side in B and in the output.
    /// B is read in whole vectors.
    ///
    /// - Parameter extra: the column of one more pixel, which the blocks of rows that are whole tiles take along; 0: none.
    func tiles(b: UnsafePointer<Float>, offsets: UnsafePointer<Int>, column: Int, count: Int, extra: Int = 0) {
        guard count > 0 else { return }
        let lanes = kernels.lanes, vectors = (count + lanes - 1) / lanes
        let last = count - (vectors - 1) * lanes
        let steps = VectorSteps(
            vectors: vectors,
            lanes: lanes,
            lastLanes: last,
            b: lanes,
            output: lanes,
            extra: extra
        )
        tiles(b: b, offsets: offsets, column: column, steps)
    }

    /// Adds the products of some vectors of columns.
    func tiles(b: UnsafePointer<Float>, offsets: UnsafePointer<Int>, column: Int, _ steps: VectorSteps) {
        var tile = cv_tile(
            weights: b,
            b: b,
            offsets: offsets,
            depth: chunk.count,
            b_step: steps.b,
            c: output,
            c_row: plane,
            c_step: steps.output,
            bias: nil,
            accumulates: chunk.lowerBound > 0 ? 1 : 0,
            rows: 0,
            vectors: Int32(steps.vectors),
            lanes: Int32(steps.lanes),
            last_lanes: Int32(steps.lastLanes),
            extra: 0,
            ceiling: lastCeiling
        )
        let multiply = kernels.functions.tile
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: kernels.tileRows) {
            tile.weights = weights(row)
            tile.c = output + row * plane + column
            tile.bias = bias.map { $0 + row }
            let count = min(kernels.tileRows, rows.upperBound - row)
            tile.rows = Int32(count)
            tile.extra = count == kernels.tileRows ? steps.extra : 0
            multiply(&tile)
        }
    }

    /// Adds the products of at most eight columns by broadcasting them.
    func narrow(b: UnsafePointer<Float>, offsets: UnsafePointer<Int>, column: Int, count: Int) {
        guard count > 0, !rows.isEmpty else { return }
        let height = kernels.tileRows, whole = rows.count / height
        var tile = cv_narrow(
            weights: weights(rows.lowerBound),
            block_step: chunk.count * height,
            b: b,
            offsets: offsets,
            depth: chunk.count,
            c: output + rows.lowerBound * plane + column,
            c_row: plane,
            bias: bias.map { $0 + rows.lowerBound },
            accumulates: chunk.lowerBound > 0 ? 1 : 0,
            pixels: Int32(count),
            blocks: Int32(whole),
            rows: Int32(height),
            ceiling: lastCeiling
        )
        if whole > 0 { kernels.functions.narrow(&tile) }
        let row = rows.lowerBound + whole * height
        guard row < rows.upperBound else { return }
        tile.weights = weights(row)
        tile.c = output + row * plane + column
        tile.bias = bias.map { $0 + row }
        tile.blocks = 1
        tile.rows = Int32(rows.upperBound - row)
        kernels.functions.narrow(&tile)
    }
}

/// Where the vectors of one tile's columns lie: side by side, or at the same place in successive rows.
struct VectorSteps {
    var vectors: Int
    /// Columns that exist in each vector, and in the last.
    var lanes: Int
    var lastLanes: Int
    /// Floats from one vector to the next.
    var b: Int
    var output: Int
    /// The column of one more pixel; 0: none.
    var extra = 0
}
