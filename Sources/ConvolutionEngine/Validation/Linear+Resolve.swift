extension Linear {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        guard inputShape.rank >= 1 else {
            throw EngineError(.rank(found: inputShape, expected: Array(1...Shape.maximumRank)), parameter: "input")
        }
        let inFeatures = inputShape[inputShape.rank - 1]
        let outFeatures: Int
        switch weight {
        case .tensor(let tensor):
            guard tensor.shape.rank == 2 else {
                throw EngineError(.rank(found: tensor.shape, expected: [2]), parameter: "weight")
            }
            for axis in 0..<2 where tensor.shape[axis] == 0 {
                throw EngineError(.zeroExtent(found: tensor.shape, axis: axis), parameter: "weight")
            }
            guard tensor.shape[1] == inFeatures else {
                throw EngineError(.features(weight: tensor.shape, input: inputShape), parameter: "weight")
            }
            outFeatures = tensor.shape[0]
        case .unspecified(let features):
            try checkParameter(features, atLeast: 1, "out_features", nil)
            outFeatures = features
        }
        try checkShape(bias, is: outFeatures, "bias")
        var extents = Extents(inputShape)
        extents[inputShape.rank - 1] = outFeatures
        let outputShape = try extents.shape()
        var resolved = ResolvedLayer(outputShape: outputShape, work: nil)
        let biases = bias != nil || countsBias ? outFeatures : 0
        resolved.multiplyAccumulates = try checkedCost(product(outputShape.elementCount, inFeatures))
        resolved.cost = sum(resolved.multiplyAccumulates, outputShape.elementCount)
        resolved.parameters = try checkedCost(sum(product(outFeatures, inFeatures), biases))
        resolved.reach = .whole
        if case .tensor(let tensor) = weight {
            resolved.work = .linear(
                LinearWork(
                    rows: inputShape.dropLast().reduce(1, *),
                    inFeatures: inFeatures,
                    outFeatures: outFeatures,
                    weight: tensor,
                    bias: bias
                )
            )
        }
        return resolved
    }
}
