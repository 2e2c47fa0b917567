import ConvolutionEngine

extension Operators {
    static func resize(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let isFirstVersion = scope.opset < 11
        var sampling = Sampling()
        sampling.mode = try scope.text("mode", default: "nearest")
        if isFirstVersion {
            (sampling.coordinates, sampling.rounding) = ("asymmetric", "floor")
        } else {
            sampling.coordinates = try scope.text("coordinate_transformation_mode", default: "half_pixel")
            sampling.rounding = try scope.text("nearest_mode", default: "round_prefer_floor")
        }
        // Of cubic interpolation, and of a mode of coordinates that is not computed.
        scope.ignore("cubic_coeff_a", "extrapolation_value")
        guard try !scope.flag("exclude_outside") else { throw .unsupported("exclude_outside") }
        let isShrinkingSmoothly = try scope.flag("antialias")
        guard try scope.text("keep_aspect_ratio_policy", default: "stretch") == "stretch" else {
            throw .unsupported("keep_aspect_ratio_policy")
        }
        let axes = try scope.optionalIntegers("axes") ?? Array(input.shape.indices)
        let scalesIndex = isFirstVersion ? 1 : 2
        // An empty list is as good as none.
        let scales = try scope.optionalTensor(scalesIndex).flatMap { $0.shape.elementCount > 0 ? $0 : nil }
        let target: ResizeTarget
        if let scales {
            target = .scales(scales.elementList)
        } else {
            target = .sizes(try scope.extents(3))
        }
        let resampled = try importer.resample(input, target, axes: axes, sampling, as: scope.output)
        if isShrinkingSmoothly, zip(resampled.shape, input.shape).contains(where: { $0 < $1 }) {
            throw .unsupported("antialias")
        }
        return [.feature(resampled)]
    }

    /// The older operator, of which `Resize` is the general form.
    static func upsample(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        var sampling = Sampling()
        sampling.mode = try scope.text("mode", default: "nearest")
        (sampling.coordinates, sampling.rounding) = ("asymmetric", "floor")
        let scales = scope.opset < 9 ? try scope.optionalFloats("scales") : try scope.tensor(1).elementList
        guard let scales else { throw .missingAttribute("scales") }
        let axes = Array(input.shape.indices)
        return [.feature(try importer.resample(input, .scales(scales), axes: axes, sampling, as: scope.output))]
    }
}

/// Along an axis: larger pictures are not computed.
private let mostCells = 1 << 20

private enum ResizeTarget {
    case scales([Float])
    case sizes([Extent])
}

/// How an output cell finds the input cells that it reads.
private struct Sampling {
    var mode = "nearest"
    var coordinates = "half_pixel"
    var rounding = "round_prefer_floor"

    /// The position in the input, between cells for `linear`, that each output cell of an axis reads; `nil` where the way
    /// to find it is not known.
    func positions(input: Int, output: Int, scale: Float) -> [Float]? {
        var positions: [Float] = []
        positions.reserveCapacity(output)
        for index in 0..<output {
            let position = Float(index)
            let original: Float
            switch coordinates {
            case "asymmetric": original = position / scale
            case "half_pixel": original = (position + 0.5) / scale - 0.5
            case "pytorch_half_pixel": original = output > 1 ? (position + 0.5) / scale - 0.5 : 0
            case "align_corners": original = output > 1 ? position * Float(input - 1) / Float(output - 1) : 0
            default: return nil
            }
            guard let read = mode == "nearest" ? rounded(original) : original else { return nil }
            positions.append(min(max(read, 0), Float(input - 1)))
        }
        return positions
    }

    private func rounded(_ position: Float) -> Float? {
        switch rounding {
        case "round_prefer_floor": (position - 0.5).rounded(.up)
        case "round_prefer_ceil": (position + 0.5).rounded(.down)
        case "floor": position.rounded(.down)
        case "ceil": position.rounded(.up)
        default: nil
        }
    }
}

extension GraphImporter {
    /// A layer that reads the cells that the operator reads: which one of the ways that layers know, if any, is found by
    /// comparing the cells.
    fileprivate mutating func resample(
        _ input: Feature,
        _ target: ResizeTarget,
        axes: [Int],
        _ sampling: Sampling,
        as name: String
    ) throws(NodeProblem) -> Feature {
        guard ["nearest", "linear", "bilinear"].contains(sampling.mode) else {
            throw .unsupported("mode \(sampling.mode)")
        }
        guard (3...5).contains(input.shape.rank) else { throw .unsupported("an input of shape \(input.shape)") }
        let (sizes, scales) = try extents(of: input, target, axes: axes)
        if sizes == Array(input.shape) { return input }
        guard (sizes + Array(input.shape)).allSatisfy({ $0 <= mostCells }) else {
            throw .unsupported("a resize of shape \(input.shape) to \(sizes)")
        }
        guard sizes[0] == input.shape[0], sizes[1] == input.shape[1] else {
            throw .unsupported("a resize of shape \(input.shape) to \(sizes)")
        }
        let rank = input.shape.rank - 2
        var wanted: [[Float]] = []
        for axis in 2..<input.shape.rank {
            let positions = sampling.positions(input: input.shape[axis], output: sizes[axis], scale: scales[axis])
            guard let positions else {
                throw .unsupported("\(sampling.coordinates) with \(sampling.rounding)")
            }
            wanted.append(positions)
        }
        for candidate in candidates(sampling, sizes: Array(sizes[2...]), scales: Array(scales[2...]))
        where reads(candidate, wanted, input: Array(input.shape[2...]), isNearest: sampling.mode == "nearest") {
            return try emit(.upsample(candidate), [input], as: name)
        }
        let rounding = sampling.mode == "nearest" ? " with \(sampling.rounding)" : ""
        throw .unsupported("\(sampling.mode), \(sampling.coordinates)\(rounding) over \(rank) axes to \(sizes)")
    }

    /// The output's extents and each axis' scale. The free batch has an extent of 1.
    private func extents(
        of input: Feature,
        _ target: ResizeTarget,
        axes: [Int]
    ) throws(NodeProblem) -> ([Int], [Float]) {
        var (sizes, scales) = (Array(input.shape), [Float](repeating: 1, count: input.shape.rank))
        let count =
            switch target {
            case .scales(let scales): scales.count
            case .sizes(let sizes): sizes.count
            }
        _ = try resolvedAxes(axes, rank: input.shape.rank)
        guard count == axes.count else { throw .unsupported("\(count) sizes or scales for \(axes.count) axes") }
        for (index, given) in axes.enumerated() {
            let axis = try resolvedAxis(given, rank: input.shape.rank)
            switch target {
            case .scales(let factors):
                scales[axis] = factors[index]
                let size = (Double(input.shape[axis]) * Double(factors[index])).rounded(.down)
                guard size >= 1, size <= Double(Int32.max) else { throw .unsupported("a scale of \(factors[index])") }
                sizes[axis] = Int(size)
            case .sizes(let extents):
                guard extents[index] != input.extents[axis] else { continue }
                guard case .known(let size) = extents[index] else { throw .fixesBatch }
                guard (1...Int(Int32.max)).contains(size) else { throw .unsupported("a size of \(size)") }
                sizes[axis] = size
                scales[axis] = Float(size) / Float(input.shape[axis])
            }
        }
        let total = zip(sizes, scales).allSatisfy { $0.0 >= 1 && $0.1 > 0 }
        guard total, Shape(checking: sizes) != nil else { throw .unsupported("sizes of \(sizes)") }
        return (sizes, scales)
    }

    private func candidates(_ sampling: Sampling, sizes: [Int], scales: [Float]) -> [Upsample] {
        let targets: [Upsample.Target] = [.size(sizes), .scale(scales.map(Double.init))]
        return targets.flatMap { target in
            var upsample = Upsample(target: target)
            if sampling.mode == "nearest" {
                var exact = upsample
                exact.mode = .nearestExact
                return [upsample, exact]
            }
            upsample.mode = .bilinear
            var aligned = upsample
            aligned.alignsCorners = true
            return [upsample, aligned]
        }
    }

    /// Whether the layer gives each cell the position that is wanted, when the input's cells hold their own: one axis is
    /// looked at at a time, in the middle of an input as large as the real one along it.
    private func reads(_ layer: Upsample, _ wanted: [[Float]], input: [Int], isNearest: Bool) -> Bool {
        // The layer's result is a product of what it does along each axis.
        for (axis, positions) in wanted.enumerated() {
            var (extents, layer) = (input, layer)
            for other in extents.indices where other != axis {
                extents[other] = 1
                layer.keep(other)
            }
            guard let found = ramp(layer, extents, along: axis), found.count == positions.count else { return false }
            for (found, wanted) in zip(found, positions) where !(abs(found - wanted) <= (isNearest ? 0 : 1e-3)) {
                return false
            }
        }
        return true
    }

    /// What the layer makes of a row of 0, 1, 2…
    private func ramp(_ layer: Upsample, _ extents: [Int], along axis: Int) -> [Float]? {
        let count = extents[axis]
        guard let shape = Shape(checking: [1, 1] + extents),
            let row = Tensor(shape: shape, elements: (0..<count).map(Float.init)),
            let plan = try? Engine().plan(Network(layers: [Layer(.upsample(layer))]), input: shape)
        else { return nil }
        return Engine().run(plan, input: row)?.output.elementList
    }
}

extension Upsample {
    /// Leaves one axis of extent 1 as it is.
    fileprivate mutating func keep(_ axis: Int) {
        switch target {
        case .size(var sizes):
            sizes[axis] = 1
            target = .size(sizes)
        case .scale(var scales):
            scales[axis] = 1
            target = .scale(scales)
        }
    }
}

extension Tensor {
    var elementList: [Float] { withElements { Array($0) } }
}
