extension Unfold {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        guard (3...4).contains(inputShape.rank) else {
            throw EngineError(.rank(found: inputShape, expected: [3, 4]), parameter: "input")
        }
        let input = try FeatureShape(inputShape, spatialRank: 2)
        let blocks = try Blocks(
            image: input.spatial,
            WindowParameters(kernel: kernelSize, stride: stride, dilation: dilation, padding: padding)
        )
        guard let rows = product(input.channels, blocks.kernelCells) else { throw EngineError(.shapeOverflow) }
        var extents = Extents()
        if inputShape.rank == 4 { extents.append(input.batch) }
        extents.append(rows)
        extents.append(blocks.count)
        return ResolvedLayer(
            outputShape: try extents.shape(),
            work: .unfold(BlockWork(batch: input.batch, channels: input.channels, windows: blocks.windows))
        )
        .reaching(.whole)
    }
}

extension Fold {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        guard (2...3).contains(inputShape.rank) else {
            throw EngineError(.rank(found: inputShape, expected: [2, 3]), parameter: "input")
        }
        let leading = inputShape.rank - 2
        for axis in leading..<inputShape.rank where inputShape[axis] == 0 {
            throw EngineError(.zeroExtent(found: inputShape, axis: axis), parameter: "input")
        }
        for axis in 1...2 { try checkParameter(outputSize[axis], atLeast: 1, "output_size", axis) }
        let image = Spatial(depth: 1, height: outputSize.height, width: outputSize.width)
        let blocks = try Blocks(
            image: image,
            WindowParameters(kernel: kernelSize, stride: stride, dilation: dilation, padding: padding)
        )
        let rows = inputShape[leading]
        guard rows.isMultiple(of: blocks.kernelCells) else {
            throw EngineError(.foldChannels(found: rows, kernelCells: blocks.kernelCells), parameter: "input")
        }
        guard inputShape[leading + 1] == blocks.count else {
            throw EngineError(.foldColumns(found: inputShape[leading + 1], expected: blocks.count), parameter: "input")
        }
        let channels = rows / blocks.kernelCells
        let batch = leading == 1 ? inputShape[0] : 1
        var extents = Extents()
        if leading == 1 { extents.append(batch) }
        extents.append(channels)
        extents.append(image.height)
        extents.append(image.width)
        var resolved = ResolvedLayer(
            outputShape: try extents.shape(),
            work: .fold(BlockWork(batch: batch, channels: channels, windows: blocks.windows))
        )
        resolved.cost = sum(resolved.outputShape.elementCount, inputShape.elementCount)
        return resolved.reaching(.whole)
    }
}

/// How an image falls into sliding blocks.
private struct Blocks {
    var windows: Windows
    var kernelCells: Int
    /// L
    var count: Int

    init(image: Spatial, _ parameters: WindowParameters) throws(EngineError) {
        var parameters = parameters
        // Two axes only, whatever the values say of the depth.
        parameters.kernel.depth = 1
        parameters.stride.depth = 1
        parameters.dilation.depth = 1
        try parameters.check()
        windows = try Windows { axis throws(EngineError) in
            try Window.convolution(input: image[axis], parameters, axis: axis)
        }
        guard let cells = windows.kernel.cells, let count = windows.output.cells else {
            throw EngineError(.shapeOverflow)
        }
        kernelCells = cells
        self.count = count
    }
}

extension ResolvedLayer {
    /// The same with another reach.
    func reaching(_ reach: Reach) -> ResolvedLayer {
        var layer = self
        layer.reach = reach
        return layer
    }
}
