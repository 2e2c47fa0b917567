import CVectorKernels

/// Where the outputs of a phase were computed, in planes beside those of the other phases or nowhere; and where they go.
struct PhasePlace {
    /// The first plane of all phases; `nil` where only the bias remains.
    let elements: UnsafePointer<Float>?
    /// From the planes of one output plane to those of the next, and the phase's from there.
    let planeStep: Int
    let offset: Int
    let extents: Spatial
    let skip: Spatial
    /// Of the outputs, per axis.
    let first: Spatial
    let count: Spatial

    /// The first row of a slice. `copy`: of the planes, where they are written themselves.
    fileprivate func rows(_ copy: UnsafePointer<Float>?, plane: Int, depth: Int) -> UnsafePointer<Float>? {
        guard let planes = copy ?? elements.map({ $0 + plane * planeStep }) else { return nil }
        return planes + offset + ((skip.depth + depth) * extents.height + skip.height) * extents.width + skip.width
    }
}

/// Spreads what was computed of phases over the output.
struct PhaseSpread {
    let geometry: TransposedGeometry
    /// Those of the same rows next to each other.
    let places: [PhasePlace]
    /// Whether it was computed where the output is.
    let isInPlace: Bool
    let bias: UnsafePointer<Float>?
    let output: UnsafeMutablePointer<Float>

    func run(team: Team) {
        let planes = geometry.batch * geometry.groups * geometry.outputChannels
        let outputs = places.reduce(0) { $0 + $1.count.volume }
        let size = geometry.windows.output.cellCount, scratch = isInPlace ? size : 0
        places.withUnsafeBufferPointer { places in
            // A tenth of a nanosecond for each.
            team.run(tasks: planes, scratch: scratch, nanoseconds: planes * outputs / 10) { plane, memory in
                if isInPlace { memory.update(from: output + plane * size, count: size) }
                var begin = 0
                while begin < places.count {
                    let first = places[begin].first
                    var end = begin + 1
                    while end < places.count, places[end].first.height == first.height,
                        places[end].first.depth == first.depth
                    {
                        end += 1
                    }
                    write(UnsafeBufferPointer(rebasing: places[begin..<end]), isInPlace ? memory : nil, plane: plane)
                    begin = end
                }
            }
        }
    }

    /// The rows that phases share in a plane.
    private func write(_ row: UnsafeBufferPointer<PhasePlace>, _ copy: UnsafeMutablePointer<Float>?, plane: Int) {
        let one = row[0], extents = geometry.windows.output, stride = geometry.windows.stride
        let step = stride.height * extents.width
        for depth in 0..<one.count.depth {
            let slice = plane * extents.depth + one.first.depth + depth * stride.depth
            let target = output + (slice * extents.height + one.first.height) * extents.width
            if stride.width == 2, row.count == 2, one.first.width == 0,
                let even = one.rows(copy, plane: plane, depth: depth),
                let odd = row[1].rows(copy, plane: plane, depth: depth)
            {
                mix(even, one, odd, row[1], target, step: step)
                continue
            }
            for place in row {
                let source = place.rows(copy, plane: plane, depth: depth)
                let constant = bias?[plane % (geometry.groups * geometry.outputChannels)] ?? 0
                for height in 0..<place.count.height {
                    let to = target + height * step + place.first.width
                    if let from = source.map({ $0 + height * place.extents.width }) {
                        for column in 0..<place.count.width { to[column &* stride.width] = from[column] }
                    } else {
                        for column in 0..<place.count.width { to[column &* stride.width] = constant }
                    }
                }
            }
        }
    }

    /// A slice's rows of two phases by turns.
    private func mix(
        _ even: UnsafePointer<Float>,
        _ evens: PhasePlace,
        _ odd: UnsafePointer<Float>,
        _ odds: PhasePlace,
        _ target: UnsafeMutablePointer<Float>,
        step: Int
    ) {
        let functions = KernelSet.chosen.functions, pairs = odds.count.width
        for height in 0..<evens.count.height {
            let to = target + height * step, from = even + height * evens.extents.width
            functions.mix_columns(from, odd + height * odds.extents.width, pairs, to)
            if evens.count.width > pairs { to[2 * pairs] = from[pairs] }
        }
    }
}
