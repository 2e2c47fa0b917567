/// About how many processor cycles the parts of a Winograd convolution take, measured with AVX-512 and close enough for
/// the other instruction sets, whose vectors are cheaper as they are shorter.
struct WinogradCost {
    private let channels: Double
    private let terms: Double
    private let outputs: Double
    private let points: Double
    private let pointsX: Double
    private let outputsY: Double
    private let outputsX: Double
    private let pointsY: Double
    private let tapsX: Double
    private let step: Double
    /// Cycles for a vector of tiles along x: of input, and of outputs.
    private let inputX: Double
    private let outputX: Double
    private let run: Int
    private let groups: Double
    private let weightBytes: Double
    private let fewWeightBytes: Double
    /// How often an output slice of a few meets one of the input; 1 where no kernel has a depth.
    private let meetings: Double
    /// Tiles at some point along y, in each slice, that make no output.
    private let idle: Double
    private let kernels: KernelSet

    init(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme, _ kernels: KernelSet) {
        channels = Double(geometry.inputChannels)
        terms = Double(geometry.inputPlanes)
        outputs = Double(geometry.outputChannels)
        points = Double(scheme.points)
        pointsX = Double(scheme.pointsX)
        outputsY = Double(scheme.outputsY)
        outputsX = Double(scheme.outputsX)
        pointsY = Double(scheme.pointsY)
        tapsX = Double(geometry.kernel.width)
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
        let fewFloats = WinogradFewWeights.floats(geometry, scheme, lanes: kernels.lanes)
        fewWeightBytes = 4 * Double(fewFloats / geometry.groups)
        meetings = WinogradCost.meetings(geometry)
        let rowsPast = (scheme.outputsY - geometry.output.height % scheme.outputsY) % scheme.outputsY
        let isSparse = scheme.weightsY < scheme.pointsY && geometry.dilation.height == 1
        idle = isSparse ? Double(rowsPast * ((geometry.output.width + scheme.outputsX - 1) / scheme.outputsX)) : 0
        self.kernels = kernels
    }

    private static func meetings(_ g: ConvolutionGeometry) -> Double {
        guard g.kernel.depth > 1 else { return 1 }
        var count = 0
        for slice in 0..<min(g.output.depth, WinogradPlan.fewOfSlices) {
            for tap in 0..<g.kernel.depth {
                let place = slice * g.stride.depth + tap * g.dilation.depth - g.paddingBegin.depth
                if 0..<g.input.depth ~= place { count += 1 }
            }
        }
        return Double(count)
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
        let products = points * outputs * vectors * (terms * 1.03 + 5)
        // The first pass over the weights waits for those that do not stay in the second-level cache, the less the more it
        // has to do with each of them.
        let first = points * outputs * terms * min(vectors, Double(kernels.tileVectors))
        let streaming = streaming(weightBytes), waiting = (first * first + streaming * streaming).squareRoot() - first
        return output + products + waiting
    }

    /// All of a layer's tiles, which lie in so many slices, with lanes that are output channels.
    func few(tiles: Int, rows: Int, slices: Int = 1, inputSlices: Int = 1) -> Double {
        let vectors = ((outputs + lanes - 1) / lanes).rounded(.down)
        let together = kernels.tileRows == 8 ? 4 : 2, passes = Double((tiles + together - 1) / together)
        let made = pointsY * Double(tiles) - idle
        let products = channels * vectors * meetings * (1.03 * pointsX * made + 1.5 * tapsX * pointsY * passes)
        let output = vectors * Double(slices * tiles) * outputsY * outputsX * (lanes * 1.5 + 15)
        let input = Double(inputSlices) * input(tiles: tiles, rows: rows)
        return groups * (input + output + fewTogether(products: products))
    }

    /// Weights of a group that stream from the third-level cache, or from memory.
    private func streaming(_ bytes: Double) -> Double {
        let all = groups * bytes
        return all < 400_000 ? 0 : bytes / (all < 12e6 ? 20 : all < 24e6 ? 6 : 2.8)
    }

    /// The products of a group with weights that are read in one order, which arrive meanwhile but for those from memory.
    private func fewTogether(products: Double) -> Double {
        let all = groups * fewWeightBytes
        if all > 28e6 { return products + fewWeightBytes / 10 }
        return all < 400_000 ? products : max(products, fewWeightBytes / (all < 12e6 ? 20 : 11))
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
        let together = max(1, min(4, kernels.lanes / across))
        return (Double(rows) + 0.6) / Double(together) * perRow
    }

    private var lanes: Double { Double(kernels.lanes) }
}
