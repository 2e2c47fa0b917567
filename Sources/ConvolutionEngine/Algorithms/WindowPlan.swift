/// How a window convolution is laid out and cut: known without weights.
struct WindowPlan: Hashable, Sendable {
    let geometry: ConvolutionGeometry
    let layout: BandLayout
    let way: Way
    /// Output channels summed at a time in a flat band, and floats from one to the next.
    let channelsPerSum: Int
    let sumPitch: Int
    /// Estimated processor cycles of the whole layer on one thread.
    let cycles: Double
    private let tileRows: Int

    /// How a band is multiplied.
    enum Way: Hashable, Sendable {
        /// Nothing lies between two rows: as one long row, straight into the output, one chunk of the depth after the other.
        case dense
        /// As one long row, of which some lanes are left out.
        case flat
        case rowByRow
    }

    /// The cheaper of the two layouts, with bands of as many rows as there is room for.
    init(_ geometry: ConvolutionGeometry, kernels: KernelSet, blocking: Blocking) {
        let layouts = [false, true].map {
            BandLayout(
                geometry,
                lanes: kernels.lanes,
                floats: blocking.bandFloats,
                depth: blocking.depth,
                isSpread: $0
            )
        }
        let plain = WindowPlan(geometry, layouts[0], kernels: kernels, blocking: blocking)
        let spread =
            plain.way == .dense ? plain : WindowPlan(geometry, layouts[1], kernels: kernels, blocking: blocking)
        self = spread.cycles < plain.cycles ? spread : plain
    }

    /// With bands of `rows` rows of outputs and all channels, not spread.
    init(_ geometry: ConvolutionGeometry, kernels: KernelSet, blocking: Blocking, rows: Int) {
        let layout = BandLayout(geometry, lanes: kernels.lanes, outputRows: rows)
        self.init(geometry, layout, kernels: kernels, blocking: blocking)
    }

    private init(_ geometry: ConvolutionGeometry, _ layout: BandLayout, kernels: KernelSet, blocking: Blocking) {
        let lanes = kernels.lanes, width = geometry.output.width, rows = layout.outputRows
        self.geometry = geometry
        self.layout = layout
        tileRows = kernels.tileRows

        let flat = (rows - 1) * layout.columns + width
        let pitch = (flat + lanes - 1) / lanes * lanes
        sumPitch = pitch % 1024 == 0 ? pitch + 16 : pitch
        let fitting = blocking.outputFloats / max(1, sumPitch) / tileRows * tileRows
        channelsPerSum = min(max(tileRows, fitting), (geometry.outputChannels + tileRows - 1) / tileRows * tileRows)

        let isDense = layout.columns == width
        // Leaving out the lanes between rows costs a load and a store of each vector of output.
        let writing = isDense ? 0 : 3 * 16 * rows * (width / lanes + 1)
        let flatCost = Double(geometry.depth) * Double(kernels.sixteenths(flat)) + Double(writing)
        let rowCost = Double(geometry.depth) * Double(kernels.sixteenths(width) * rows)
        way = isDense ? .dense : flatCost < rowCost ? .flat : .rowByRow
        let multiplying = isDense ? flatCost : min(flatCost, rowCost)
        let bands =
            Double(geometry.batch * geometry.groups * geometry.output.depth * geometry.output.height) / Double(rows)
        cycles = bands * (Double(geometry.outputChannels) * multiplying / 16 + Double(6 * layout.vectors))
    }

    /// Floats that each thread needs.
    var scratch: Int { layout.floats + (way == .flat ? channelsPerSum * sumPitch : 0) }

    /// Which part of the layer a task computes.
    struct Part {
        /// image · groups + group
        var plane: Int
        var z: Int
        var rows: Range<Int>
        /// Of the group.
        var channels: Range<Int>
    }

    /// Enough parts for every thread to have a few, equal as far as they go.
    func split(threads: Int) -> Split {
        let planes = geometry.batch * geometry.groups * geometry.output.depth
        let height = geometry.output.height, tilesDown = (geometry.outputChannels + tileRows - 1) / tileRows
        var bands = (height + layout.outputRows - 1) / layout.outputRows
        let wanted = threads == 1 ? 1 : 4 * threads
        // Bands of a few rows read little more than once; every part of the channels fills its band anew, so it has at least
        // four tiles to use it for.
        let most = min((wanted + planes - 1) / planes, height / 6)
        func parts(_ bands: Int) -> Int { min(max(1, tilesDown / 4), (wanted + planes * bands - 1) / (planes * bands)) }
        // As many for each thread, or the last would be waited for.
        let isEven = planes * most * parts(max(1, most)) % threads == 0
        bands = max(bands, isEven ? most : most / threads * threads)
        let equal = (height + bands - 1) / bands
        // So many rows that their pixels fill whole vectors, where that takes no band more or less.
        let whole = (equal + layout.rowsAtOnce - 1) / layout.rowsAtOnce * layout.rowsAtOnce
        let rows = whole <= layout.outputRows && (height + whole - 1) / whole == bands ? whole : equal
        return Split(
            geometry: geometry,
            rows: rows,
            channels: (tilesDown + parts(bands) - 1) / parts(bands) * tileRows
        )
    }

    struct Split {
        let geometry: ConvolutionGeometry
        let rows: Int
        let channels: Int

        private var bands: Int { (geometry.output.height + rows - 1) / rows }
        private var channelParts: Int { (geometry.outputChannels + channels - 1) / channels }
        var count: Int { geometry.batch * geometry.groups * geometry.output.depth * bands * channelParts }

        subscript(index: Int) -> Part {
            let band = index / channelParts, channel = index % channelParts * channels
            let first = band % bands * rows, slice = band / bands
            return Part(
                plane: slice / geometry.output.depth,
                z: slice % geometry.output.depth,
                rows: first..<min(first + rows, geometry.output.height),
                channels: channel..<min(channel + channels, geometry.outputChannels)
            )
        }
    }
}

extension KernelSet {
    /// Sixteenths of a vector's time that a run of pixels costs: a rest is broadcast, or takes a whole vector.
    func sixteenths(_ pixels: Int) -> Int { sixteenths(pixels, broadcasting: narrowPixels) }

    func sixteenths(_ pixels: Int, broadcasting most: Int) -> Int {
        let rest = pixels % lanes
        return pixels / lanes * 16 + (rest == 0 ? 0 : rest <= most ? (rest + 1) * 16 / lanes : 16)
    }
}
