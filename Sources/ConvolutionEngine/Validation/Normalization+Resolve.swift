extension BatchNormalization {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        try checkEpsilon(epsilon)
        let channelAxis: Int
        if spatialRank == 1 {
            // PyTorch: [N, C] or [N, C, L].
            guard (2...3).contains(inputShape.rank) else {
                throw EngineError(.rank(found: inputShape, expected: [2, 3]), parameter: "input")
            }
            channelAxis = 1
        } else {
            let input = try FeatureShape(inputShape, spatialRank: spatialRank)
            channelAxis = input.rank - spatialRank - 1
        }
        let layout = ChannelLayout(inputShape, channelAxis: channelAxis)
        try checkShape(runningMean, is: layout.channels, "running_mean")
        try checkShape(runningVariance, is: layout.channels, "running_var")
        try checkShape(weight, is: layout.channels, "weight")
        try checkShape(bias, is: layout.channels, "bias")
        var resolved = ResolvedLayer(outputShape: inputShape, work: nil)
        resolved.missing = runningMean == nil ? "running_mean" : "running_var"
        resolved.parameters = try affineParameters(weight, bias, countsAffine ? layout.channels : 0)
        if let runningMean, let runningVariance {
            resolved.work = .batchNormalization(
                BatchNormalizationWork(
                    layout: layout,
                    mean: runningMean,
                    variance: runningVariance,
                    weight: weight,
                    bias: bias,
                    epsilon: epsilon
                )
            )
        }
        return resolved
    }
}

extension LayerNormalization {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        try checkEpsilon(epsilon)
        for extent in normalizedShape { try checkParameter(extent, atLeast: 1, "normalized_shape", nil) }
        guard !normalizedShape.isEmpty, normalizedShape.count <= Shape.maximumRank,
            let expected = Shape(checking: normalizedShape)
        else { throw EngineError(.shapeOverflow, parameter: "normalized_shape") }
        let leading = inputShape.rank - expected.rank
        guard leading >= 0, inputShape.suffix(expected.rank).elementsEqual(expected) else {
            throw EngineError(.normalizedShape(expected, input: inputShape), parameter: "normalized_shape")
        }
        for (name, tensor) in [("weight", weight), ("bias", bias)] {
            if let tensor, tensor.shape != expected {
                throw EngineError(.shape(found: tensor.shape, expected: expected), parameter: name)
            }
        }
        let rows = inputShape.prefix(leading).reduce(1, *)
        var resolved = ResolvedLayer(
            outputShape: inputShape,
            work: .layerNormalization(
                LayerNormalizationWork(
                    rows: rows,
                    length: expected.elementCount,
                    weight: weight,
                    bias: bias,
                    epsilon: epsilon
                )
            )
        )
        resolved.parameters = try affineParameters(weight, bias, countsAffine ? expected.elementCount : 0)
        return resolved
    }
}

extension GroupNormalization {
    /// As PyTorch has it, axis 1 holds the channels.
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        try checkEpsilon(epsilon)
        let minimumRank = groups == nil ? 3 : 2
        guard inputShape.rank >= minimumRank else {
            throw EngineError(
                .rank(found: inputShape, expected: Array(minimumRank...Shape.maximumRank)),
                parameter: "input"
            )
        }
        let layout = ChannelLayout(inputShape, axis: 1)
        let groups = self.groups ?? layout.channels
        try checkParameter(groups, atLeast: 1, "num_groups", nil)
        guard layout.channels.isMultiple(of: groups) else {
            throw EngineError(.groups(found: groups, channels: layout.channels, of: .input), parameter: "num_groups")
        }
        try checkShape(weight, is: layout.channels, "weight")
        try checkShape(bias, is: layout.channels, "bias")
        var resolved = ResolvedLayer(
            outputShape: inputShape,
            work: .groupNormalization(
                GroupNormalizationWork(layout: layout, groups: groups, weight: weight, bias: bias, epsilon: epsilon)
            )
        )
        resolved.parameters = try affineParameters(weight, bias, countsAffine ? layout.channels : 0)
        return resolved
    }
}

extension LocalResponseNormalization {
    /// As PyTorch has it, axis 1 holds the channels and there is at least one axis after it.
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        try checkParameter(size, atLeast: 1, "size", nil)
        guard inputShape.rank >= 3 else {
            throw EngineError(.rank(found: inputShape, expected: Array(3...Shape.maximumRank)), parameter: "input")
        }
        let layout = ChannelLayout(inputShape, axis: 1)
        var resolved = ResolvedLayer(
            outputShape: inputShape,
            work: .localResponseNormalization(LocalResponseNormalizationWork(layout: layout, layer: self))
        )
        resolved.cost = product(inputShape.elementCount, min(size, layout.channels))
        return resolved
    }
}

private func checkEpsilon(_ epsilon: Double) throws(EngineError) {
    guard epsilon >= 0 else {
        throw EngineError(.outOfRange(found: epsilon, requirement: .zeroOrMore), parameter: "eps")
    }
}

/// What scale and shift hold; `counted` for each where only the shape is known.
private func affineParameters(_ weight: Tensor?, _ bias: Tensor?, _ counted: Int) throws(EngineError) -> Int {
    try checkedCost(sum(weight?.shape.elementCount ?? counted, bias?.shape.elementCount ?? counted))
}

extension ChannelLayout {
    /// As `init(_:axis:)`; axis −1 means that the whole tensor is one channel.
    init(_ shape: Shape, channelAxis: Int) {
        self.init(shape, axis: channelAxis)
        guard channelAxis < 0 else { return }
        outer = 1
    }
}
