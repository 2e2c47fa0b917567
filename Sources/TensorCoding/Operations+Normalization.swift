import ConvolutionEngine

extension OperationSpecification {
    /// `batch_norm1d` to `local_response_norm`, and `linear` and `scale`, which also have a weight and a bias.
    static let normalizations: [OperationSpecification] =
        (1...3).map(batchNorm) + [linear, scaling, localResponseNorm, layerNorm, groupNorm, instanceNorm]

    private static let scale = [
        ParameterSpecification(.weight, .tensor),
        ParameterSpecification(.bias, .tensor),
        ParameterSpecification(.epsilon, .number),
        // Counts weight and bias among the parameters without their being sent.
        ParameterSpecification(.affine, .bool, .optionalForShapes),
    ]

    private static func batchNorm(rank: Int) -> OperationSpecification {
        let parameters =
            [
                ParameterSpecification(.runningMean, .tensor, .requiredForNumbers),
                ParameterSpecification(.runningVariance, .tensor, .requiredForNumbers),
            ] + scale
        return OperationSpecification("batch_norm\(rank)d", parameters) { given throws(CodingError) in
            var layer = BatchNormalization(
                spatialRank: rank,
                runningMean: try given.tensorUnlessShapesOnly(.runningMean),
                runningVariance: try given.tensorUnlessShapesOnly(.runningVariance)
            )
            (layer.weight, layer.bias, layer.epsilon) = try given.scale()
            layer.countsAffine = try given.bool(.affine, default: false)
            return .batchNormalization(layer)
        }
    }

    private static let linear = OperationSpecification(
        "linear",
        [
            ParameterSpecification(.weight, .tensor, .requiredForNumbers),
            ParameterSpecification(.bias, .tensor),
            ParameterSpecification(.outFeatures, .integer, .shapesOnly),
        ]
    ) { given throws(CodingError) in
        var linear = Linear(weight: try given.linearWeight())
        (linear.bias, linear.countsBias) = try given.bias()
        return .linear(linear)
    }

    private static let scaling = OperationSpecification(
        "scale",
        [ParameterSpecification(.weight, .tensor), ParameterSpecification(.bias, .tensor)]
    ) { given throws(CodingError) in
        .scale(Scale(weight: try given.tensor(.weight), bias: try given.tensor(.bias)))
    }

    private static let localResponseNorm = OperationSpecification(
        "local_response_norm",
        [
            ParameterSpecification(.size, .integer, .required),
            ParameterSpecification(.alpha, .number),
            ParameterSpecification(.beta, .number),
            ParameterSpecification(.k, .number),
        ]
    ) { given throws(CodingError) in
        let size = try given.requiredInteger(.size)
        var layer = LocalResponseNormalization(size: size)
        layer.alpha = try given.double(.alpha, default: layer.alpha)
        layer.beta = try given.double(.beta, default: layer.beta)
        layer.k = try given.double(.k, default: layer.k)
        return .localResponseNormalization(layer)
    }

    private static let layerNorm = OperationSpecification(
        "layer_norm",
        [ParameterSpecification(.normalizedShape, .integers, .required)] + scale
    ) { given throws(CodingError) in
        let shape = try given.required(.normalizedShape) { reader throws(CodingError) in
            try reader.oneOrMore("an integer or a list of integers") { reader throws(CodingError) in
                try reader.integer()
            }
        }
        var layer = LayerNormalization(normalizedShape: shape)
        (layer.weight, layer.bias, layer.epsilon) = try given.scale()
        layer.countsAffine = try given.bool(.affine, default: false)
        return .layerNormalization(layer)
    }

    private static let groupNorm = OperationSpecification(
        "group_norm",
        [ParameterSpecification(.groupCount, .integer, .required)] + scale
    ) { given throws(CodingError) in
        let groups = try given.requiredInteger(.groupCount)
        return .groupNormalization(try given.groupNormalization(groups: groups))
    }

    private static let instanceNorm = OperationSpecification("instance_norm", scale) { given throws(CodingError) in
        .groupNormalization(try given.groupNormalization(groups: nil))
    }
}

extension Parameters {
    fileprivate func scale() throws(CodingError) -> (weight: Tensor?, bias: Tensor?, epsilon: Double) {
        (try tensor(.weight), try tensor(.bias), try double(.epsilon, default: 1e-5))
    }

    fileprivate func groupNormalization(groups: Int?) throws(CodingError) -> GroupNormalization {
        var layer = GroupNormalization(groups: groups)
        (layer.weight, layer.bias, layer.epsilon) = try scale()
        layer.countsAffine = try bool(.affine, default: false)
        return layer
    }

    fileprivate func linearWeight() throws(CodingError) -> Linear.Weight {
        if let weight = try tensor(.weight) { return .tensor(weight) }
        guard isShapesOnly else { throw missing(.weight) }
        let outFeatures = try requiredInteger(.outFeatures)
        return .unspecified(outFeatures: outFeatures)
    }
}
