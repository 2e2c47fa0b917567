import ConvolutionEngine

extension OperationSpecification {
    /// `max_pool1d` to `max_unpool3d`.
    static let pools: [OperationSpecification] =
        (1...3).map(maximumPool) + (1...3).map(averagePool) + (1...3).map(normPool)
        + (1...3).map(adaptiveMaximumPool) + (1...3).map(adaptiveAveragePool) + (1...3).map(unpool)

    private static let window = [
        ParameterSpecification(.kernelSize, .spatial, .required),
        ParameterSpecification(.stride, .spatial),
        ParameterSpecification(.padding, .padding),
        ParameterSpecification(.dilation, .spatial),
        ParameterSpecification(.ceilMode, .bool),
    ]

    private static func maximumPool(rank: Int) -> OperationSpecification {
        let parameters = window + [ParameterSpecification(.returnIndices, .bool)]
        return OperationSpecification("max_pool\(rank)d", parameters) { given throws(CodingError) in
            let returnsIndices = try given.bool(.returnIndices, default: false)
            return .pooling(try given.pooling(rank: rank, .maximum(returnsIndices: returnsIndices)))
        }
    }

    private static func averagePool(rank: Int) -> OperationSpecification {
        let parameters =
            window + [
                ParameterSpecification(.countIncludePad, .bool),
                ParameterSpecification(.divisorOverride, .integer),
            ]
        return OperationSpecification("avg_pool\(rank)d", parameters) { given throws(CodingError) in
            let reduction = Pooling.Reduction.average(
                countsPadding: try given.bool(.countIncludePad, default: true),
                divisorOverride: try given.integer(.divisorOverride)
            )
            return .pooling(try given.pooling(rank: rank, reduction))
        }
    }

    private static func normPool(rank: Int) -> OperationSpecification {
        let parameters = [ParameterSpecification(.normType, .number)] + window
        return OperationSpecification("lp_pool\(rank)d", parameters) { given throws(CodingError) in
            .pooling(try given.pooling(rank: rank, .norm(p: try given.double(.normType, default: 2))))
        }
    }

    private static func adaptiveMaximumPool(rank: Int) -> OperationSpecification {
        let parameters = [
            ParameterSpecification(.outputSize, .adaptiveSize, .required),
            ParameterSpecification(.returnIndices, .bool),
        ]
        return OperationSpecification("adaptive_max_pool\(rank)d", parameters) { given throws(CodingError) in
            let returnsIndices = try given.bool(.returnIndices, default: false)
            return try given.adaptivePooling(rank: rank, .maximum(returnsIndices: returnsIndices))
        }
    }

    private static func adaptiveAveragePool(rank: Int) -> OperationSpecification {
        let parameters = [ParameterSpecification(.outputSize, .adaptiveSize, .required)]
        return OperationSpecification("adaptive_avg_pool\(rank)d", parameters) { given throws(CodingError) in
            try given.adaptivePooling(rank: rank, .average)
        }
    }

    private static func unpool(rank: Int) -> OperationSpecification {
        let parameters = [
            ParameterSpecification(.indices, .indices, .requiredForNumbers),
            ParameterSpecification(.kernelSize, .spatial, .required),
            ParameterSpecification(.stride, .spatial),
            ParameterSpecification(.padding, .padding),
            ParameterSpecification(.outputSize, .spatial),
        ]
        return OperationSpecification("max_unpool\(rank)d", parameters) { given throws(CodingError) in
            let indices = try given.indicesUnlessShapesOnly()
            let kernelSize = try given.kernelSize(rank: rank)
            var unpooling = Unpooling(spatialRank: rank, indices: indices, kernelSize: kernelSize)
            unpooling.stride = try given.spatial(.stride, rank: rank, neutral: 1) ?? kernelSize
            unpooling.padding = try given.padding(rank: rank)
            unpooling.outputSize = try given.spatial(.outputSize, rank: rank, neutral: 1)
            return .unpooling(unpooling)
        }
    }
}

extension Parameters {
    func kernelSize(rank: Int) throws(CodingError) -> Spatial {
        try requiredSpatial(.kernelSize, rank: rank, neutral: 1)
    }

    fileprivate func pooling(rank: Int, _ reduction: Pooling.Reduction) throws(CodingError) -> Pooling {
        var pooling = Pooling(spatialRank: rank, reduction: reduction, kernelSize: try kernelSize(rank: rank))
        pooling.stride = try spatial(.stride, rank: rank, neutral: 1) ?? pooling.kernelSize
        pooling.padding = try padding(rank: rank)
        pooling.dilation = try spatial(.dilation, rank: rank, neutral: 1) ?? pooling.dilation
        pooling.ceilMode = try bool(.ceilMode, default: false)
        return pooling
    }

    fileprivate func adaptivePooling(
        rank: Int,
        _ reduction: AdaptivePooling.Reduction
    ) throws(CodingError) -> Operation {
        let sizes = try required(.outputSize) { reader throws(CodingError) in try reader.adaptiveSize(rank: rank) }
        return .adaptivePooling(AdaptivePooling(spatialRank: rank, reduction: reduction, outputSize: sizes))
    }
}
