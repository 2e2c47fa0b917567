extension Flatten {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        let start = try resolvedAxis(startAxis, rank: inputShape.rank, "start_dim")
        let end = try resolvedAxis(endAxis, rank: inputShape.rank, "end_dim")
        guard start <= end else { throw EngineError(.axisOrder(start: start, end: end), parameter: "start_dim") }
        var extents = Extents()
        for axis in 0..<start { extents.append(inputShape[axis]) }
        extents.append(inputShape.isEmpty ? 1 : inputShape[start...end].reduce(1, *))
        for axis in (end + 1)..<max(inputShape.rank, end + 1) { extents.append(inputShape[axis]) }
        let resolved = ResolvedLayer(outputShape: try extents.shape(), work: .reshape)
        return start == end ? resolved : resolved.reaching(.whole)
    }
}

extension Reshape {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        guard extents.count <= Shape.maximumRank else {
            throw EngineError(.count(found: extents.count, expected: Shape.maximumRank), parameter: "shape")
        }
        var extents = extents
        for extent in extents { try checkParameter(extent, atLeast: -1, "shape", nil) }
        if let open = extents.firstIndex(of: -1) {
            extents[open] = 1
            let known = Shape(checking: extents)?.elementCount ?? 0
            extents[open] = known == 0 ? -1 : inputShape.elementCount / known
        }
        guard let shape = Shape(checking: extents), shape.elementCount == inputShape.elementCount else {
            throw EngineError(.reshape(input: inputShape, shape: self.extents), parameter: "shape")
        }
        let resolved = ResolvedLayer(outputShape: shape, work: .reshape)
        return shape == inputShape ? resolved : resolved.reaching(.whole)
    }
}

extension Pad {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        guard (1...max(inputShape.rank, 1)).contains(amounts.count), amounts.count <= inputShape.rank else {
            throw EngineError(.count(found: amounts.count, expected: inputShape.rank), parameter: "padding")
        }
        var extents = Extents(inputShape)
        var before = SIMD8<Int>(repeating: 0)
        for (offset, pair) in amounts.enumerated() {
            guard pair.count == 2 else {
                throw EngineError(.count(found: pair.count, expected: 2), parameter: "padding")
            }
            let axis = inputShape.rank - amounts.count + offset
            let extent = inputShape[axis]
            try check(pair, extent: extent, axis: axis - inputShape.rank + 3)
            before[axis] = pair[0]
            extents[axis] = extent + pair[0] + pair[1]
            guard extents[axis] >= 1 else {
                throw EngineError(
                    .nothingLeft(extent: extents[axis], axis: axis - inputShape.rank + 3),
                    parameter: "padding"
                )
            }
        }
        return ResolvedLayer(
            outputShape: try extents.shape(),
            work: .pad(PadWork(before: before, mode: mode, value: value))
        )
    }

    /// Constant padding may be negative and cuts cells off, as in PyTorch.
    private func check(_ pair: [Int], extent: Int, axis: Int) throws(EngineError) {
        guard extent <= Window.maximumExtent else {
            throw EngineError(.tooLarge(found: extent, maximum: Window.maximumExtent, axis: axis), parameter: "input")
        }
        let least = mode == .constant ? -Window.maximumParameter : 0
        for amount in pair { try checkParameter(amount, atLeast: least, "padding", axis) }
        let maximum: Int
        switch mode {
        case .constant, .replicate: return
        case .reflect: maximum = extent - 1
        case .circular: maximum = extent
        }
        let largest = max(pair[0], pair[1])
        guard largest <= maximum else {
            let reason = EngineError.Reason.paddingMode(
                mode: mode.rawValue,
                found: largest,
                maximum: maximum,
                axis: axis
            )
            throw EngineError(reason, parameter: "padding")
        }
    }
}

extension Upsample {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        guard !alignsCorners || mode == .bilinear else {
            throw EngineError(.cornersOfNearest, parameter: "align_corners")
        }
        let spatialRank = try spatialRank(inputShape)
        let input = try FeatureShape(inputShape, spatialRank: spatialRank)
        var output = Spatial(repeating: 1)
        var scales = (1.0, 1.0, 1.0)
        for offset in 0..<spatialRank {
            let axis = 3 - spatialRank + offset
            guard input.spatial[axis] <= Window.maximumExtent else {
                throw EngineError(
                    .tooLarge(found: input.spatial[axis], maximum: Window.maximumExtent, axis: axis),
                    parameter: "input"
                )
            }
            let (extent, given) = try target(offset, extent: input.spatial[axis], axis: axis)
            output[axis] = extent
            let scale =
                alignsCorners
                ? Double(extent == 1 ? 0 : Float(input.spatial[axis] - 1) / Float(extent - 1))
                : effective(given, from: input.spatial[axis], to: extent, spatialRank: spatialRank)
            switch axis {
            case 0: scales.0 = scale
            case 1: scales.1 = scale
            default: scales.2 = scale
            }
        }
        guard let planes = product(input.batch, input.channels) else { throw EngineError(.shapeOverflow) }
        let outputShape = try input.shape(channels: input.channels, spatial: output)
        let work = UpsampleWork(
            planes: planes,
            input: input.spatial,
            output: output,
            scales: scales,
            mode: mode,
            alignsCorners: alignsCorners
        )
        return ResolvedLayer(outputShape: outputShape, work: .upsample(work))
            .reaching(.resampled(input: input.spatial, output: output, spatialRank: spatialRank))
    }

    /// Bilinear has two spatial axes. Nearest has as many as the list says, else all after batch and channels.
    private func spatialRank(_ shape: Shape) throws(EngineError) -> Int {
        let name: String
        let count: Int
        switch target {
        case .scale(let scales): (name, count) = ("scale_factor", scales.count)
        case .size(let sizes): (name, count) = ("size", sizes.count)
        }
        guard count >= 1, count <= 3, mode != .bilinear || count <= 2 else {
            throw EngineError(
                .count(found: count, expected: mode == .bilinear ? 2 : max(1, shape.rank - 2)),
                parameter: name
            )
        }
        if mode == .bilinear || count > 1 { return max(count, mode == .bilinear ? 2 : 1) }
        guard (2...5).contains(shape.rank) else {
            throw EngineError(.rank(found: shape, expected: [2, 3, 4, 5]), parameter: "input")
        }
        return shape.rank == 2 ? 2 : shape.rank - 2
    }

    /// PyTorch copies an axis that keeps its extent, and doubles one that doubles, whatever the scale given was before it was
    /// rounded; nearest does so with two spatial axes only.
    private func effective(_ scale: Double, from extent: Int, to output: Int, spatialRank: Int) -> Double {
        switch mode {
        case .bilinear: extent == output ? 1 : scale
        case .nearest where spatialRank == 2: extent == output ? 1 : (2 * extent == output ? 0.5 : scale)
        case .nearest, .nearestExact: scale
        }
    }

    /// The output's extent and the input cells that one output cell stands for, as PyTorch takes them: a given scale is
    /// used as it is, even where the extent was rounded.
    private func target(_ offset: Int, extent: Int, axis: Int) throws(EngineError) -> (Int, Double) {
        switch target {
        case .size(let sizes):
            let size = sizes[sizes.count == 1 ? 0 : offset]
            try checkParameter(size, atLeast: 1, "size", axis)
            return (size, Double(Float(extent) / Float(size)))
        case .scale(let scales):
            let scale = scales[scales.count == 1 ? 0 : offset]
            guard scale > 0, scale.isFinite else {
                throw EngineError(.outOfRange(found: scale, requirement: .aboveZero), parameter: "scale_factor")
            }
            let size = (Double(extent) * scale).rounded(.down)
            guard size <= Double(Window.maximumExtent) else {
                throw EngineError(.shapeOverflow, parameter: "scale_factor")
            }
            guard size >= 1 else {
                throw EngineError(.nothingLeft(extent: 0, axis: axis), parameter: "scale_factor")
            }
            return (Int(size), 1 / scale)
        }
    }
}
