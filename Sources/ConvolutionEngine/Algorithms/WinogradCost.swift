/// About how many processor cycles the parts of a Winograd convolution take, measured with AVX-512 and close enough for
/// the other instruction sets, whose vectors are cheaper as they are shorter.
struct WinogradCost {
    private let channels: Double
    private let terms: Double
    private let outputs: Double
    private let points: Double
    private let pointsX: Double
    private let outputsY: Double
    private let step: Double
    /// Cycles for a vector of tiles along x: of input, and of outputs.
    private let inputX: Double
    private let outputX: Double
    private let run: Int
    private let groups: Double
    private let weightBytes: Double
    private let kernels: KernelSet

    init(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme, _ kernels: KernelSet) {
        channels = Double(geometry.inputChannels)
        terms = Double(geometry.inputPlanes)
        outputs = Double(geometry.outputChannels)
        points = Double(scheme.points)
        pointsX = Double(scheme.pointsX)
        outputsY = Double(scheme.outputsY)
        step = Double(scheme.outputsY * geometry.stride.height)
        run = scheme.run
        if run > 0 {
            inputX = Double(scheme.outputsX + geometry.kernel.width) * 5 + pointsX * 3
            outputX = pointsX * 1.5 + Double(scheme.outputsX) * 5
        } else {
            inputX = pointsX * 3 + Double(geometry.stride.width) * 20
            outputX = pointsX * 1.5 + 15
        }
        groups = Double(geometry.groups)
        weightBytes = 4 * Double(WinogradWeights.floats(geometry, scheme) / geometry.groups)
        self.kernels = kernels
    }

    /// Cycles for each float of transformed weights, for memory that the system may have to give first.
    static let transforming = 2.5

    /// One plane of tiles in blocks, in all groups.
    func plane(rows: Int, columns: Int, blockRows: Int, blockColumns: Int) -> Double {
        var total = 0.0
        for (height, down) in WinogradCost.cuts(rows, blockRows) {
            for (width, across) in WinogradCost.cuts(columns, blockColumns) {
                total += Double(down * across) * block(tiles: height * width, rows: height)
            }
        }
        return total
    }

    /// Equal parts and what is left over, each with its number.
    private static func cuts(_ total: Int, _ size: Int) -> [(size: Int, count: Int)] {
        total % size == 0 ? [(size, total / size)] : [(size, total / size), (total % size, 1)].filter { $0.count > 0 }
    }

    /// One stack of slices in blocks, in all groups. `inputSlices` gives how many a block reads that has so many slices.
    @inline(never)
    func stack(
        slices: Int,
        blockSlices: Int,
        inputSlices: (Int) -> Int,
        rows: Int,
        columns: Int,
        blockRows: Int,
        blockColumns: Int
    ) -> Double {
        var total = 0.0
        for (depth, along) in WinogradCost.cuts(slices, blockSlices) {
            for (height, down) in WinogradCost.cuts(rows, blockRows) {
                for (width, across) in WinogradCost.cuts(columns, blockColumns) {
                    let tiles = height * width, slice = input(tiles: tiles, rows: height)
                    let outputs = outputs(tiles: depth * tiles, rows: depth * height)
                    let each = Double(inputSlices(depth)) * slice + outputs
                    total += groups * Double(along * down * across) * each
                }
            }
        }
        return total
    }

    /// One block, in all groups. `rows` is the number of tile rows in it.
    func block(tiles: Int, rows: Int) -> Double {
        groups * (input(tiles: tiles, rows: rows) + outputs(tiles: tiles, rows: rows))
    }

    /// Products and outputs of a block, in one group.
    private func outputs(tiles: Int, rows: Int) -> Double {
        let vectors = Double(kernels.sixteenths(tiles, broadcasting: kernels.narrowTiles)) / 16
        let wholeVectors = Double((tiles + kernels.lanes - 1) / kernels.lanes)
        let along = rowVectors(tiles: tiles, rows: rows)
        let output = outputs * (wholeVectors * points * 6 + along * outputsY * outputX)
        // A single vector's sums are too few to hide how long each product takes, where registers are short.
        let single = kernels.tileVectors == 2 && tiles / kernels.lanes % 2 == 1 ? 0.7 : 0
        let products = points * outputs * (vectors + single) * (terms * 1.03 + 5)
        // The first pass over the weights waits for those that do not stay in the second-level cache, the less the more it
        // has to do with each of them.
        let first = points * outputs * terms * min(vectors, Double(kernels.tileVectors))
        let streaming = streaming(weightBytes), waiting = (first * first + streaming * streaming).squareRoot() - first
        return output + products + waiting
    }

    /// The same with lanes that are output channels.
    func few(tiles: Int, rows: Int) -> Double {
        let vectors = ((outputs + lanes - 1) / lanes).rounded(.down)
        // Eight tiles, then four, two and one.
        let passes = Double(tiles / 8 + (tiles % 8).nonzeroBitCount)
        let products = points / pointsX * channels * vectors * (fewTile * Double(tiles) + 5 * passes)
        let output = vectors * Double(tiles) * 4 * outputsY * (lanes * 1.5 + 15)
        return groups * (input(tiles: tiles, rows: rows) + output + max(products, fewStreaming))
    }

    /// Weights of a few tiles, half of what `WinogradWeights` keeps, are read in one stream.
    private var fewStreaming: Double {
        let bytes = weightBytes / 2, all = groups * bytes
        return bytes / (all < 12e6 ? 13 : all < 24e6 ? 8 : all < 40e6 ? 4 : 2.8)
    }

    /// Weights of a group that stream from the third-level cache, or from memory.
    private func streaming(_ bytes: Double) -> Double {
        let all = groups * bytes
        return all < 400_000 ? 0 : bytes / (all < 12e6 ? 20 : all < 17e6 ? 12 : all < 34e6 ? 3.8 : 2.8)
    }

    private func input(tiles: Int, rows: Int) -> Double {
        let wholeVectors = Double((tiles + kernels.lanes - 1) / kernels.lanes)
        return channels * (rowVectors(tiles: tiles, rows: rows) * step * inputX + wholeVectors * points * 5)
    }

    /// Along x a vector holds tiles of one row, or of up to four rows that are short; or of one run.
    private func rowVectors(tiles: Int, rows: Int) -> Double {
        let across = max(1, tiles / max(1, rows))
        if run > 0 {
            let perRun = Double((run + kernels.lanes - 1) / kernels.lanes)
            return (Double(rows) + 0.6) * max(1, Double(across) / Double(run)) * perRun
        }
        let perRow = Double((across + kernels.lanes - 1) / kernels.lanes)
        let together = rows == 1 ? 1 : max(1, min(4, kernels.lanes / across))
        return max(1, (Double(rows) + 0.6) / Double(together)) * perRow
    }

    private var lanes: Double { Double(kernels.lanes) }
    /// Six products of one tile; twice as much where each takes an instruction that broadcasts.
    private var fewTile: Double { kernels.tileVectors == 2 ? 12 : 6 }
}
