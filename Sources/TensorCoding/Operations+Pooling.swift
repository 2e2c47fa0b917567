import ConvolutionEngine

extension OperationSpecification {
    /// `max_pool1d` to `max_unpool3d`.
    static let pools: [OperationSpecification] =
        (1...3).map(maximumPool) + (1...3).map(averagePool) + (1...3).map(normPool)
        + (1...3).map(adaptiveMaximumPool) + (1...3).map(adaptiveAveragePool) + (1...3).map(unpool)

    private static let window = [
        ParameterSpecification("kernel_size", .spatial, .required),
        ParameterSpecification("stride", .spatial),
        ParameterSpecification("padding", .padding),
        ParameterSpecification("dilation", .spatial),
        ParameterSpecification("ceil_mode", .bool),
    ]

    private static func maximumPool(rank: Int) -> OperationSpecification {
        let parameters = window + [ParameterSpecification("return_indices", .bool)]
        return OperationSpecification("max_pool\(rank)d", parameters) { given throws(CodingError) in
            let returnsIndices = try given.bool("return_indices", default: false)
            return .pooling(try given.pooling(rank: rank, .maximum(returnsIndices: returnsIndices)))
        }
    }

    private static func averagePool(rank: Int) -> OperationSpecification {
        let parameters =
            window + [
                ParameterSpecification("count_include_pad", .bool),
                ParameterSpecification("divisor_override", .integer),
            ]
        return OperationSpecification("avg_pool\(rank)d", parameters) { given throws(CodingError) in
            let reduction = Pooling.Reduction.average(
                countsPadding: try given.bool("count_include_pad", default: true),
                divisorOverride: try given.integer("divisor_override")
            )
            return .pooling(try given.pooling(rank: rank, reduction))
        }
    }

    private static func normPool(rank: Int) -> OperationSpecification {
        let parameters = [ParameterSpecification("norm_type", .number)] + window
        return OperationSpecification("lp_pool\(rank)d", parameters) { given throws(CodingError) in
            .pooling(try given.pooling(rank: rank, .norm(p: try given.double("norm_type", default: 2))))
        }
    }

    private static func adaptiveMaximumPool(rank: Int) -> OperationSpecification {
        let parameters = [
            ParameterSpecification("output_size", .adaptiveSize, .required),
            ParameterSpecification("return_indices", .bool),
        ]
        return OperationSpecification("adaptive_max_pool\(rank)d", parameters) { given throws(CodingError) in
            let returnsIndices = try given.bool("return_indices", default: false)
            return try given.adaptivePooling(rank: rank, .maximum(returnsIndices: returnsIndices))
        }
    }

    private static func adaptiveAveragePool(rank: Int) -> OperationSpecification {
        let parameters = [ParameterSpecification("output_size", .adaptiveSize, .required)]
        return OperationSpecification("adaptive_avg_pool\(rank)d", parameters) { given throws(CodingError) in
            try given.adaptivePooling(rank: rank, .average)
        }
    }

    private static func unpool(rank: Int) -> OperationSpecification {
        let parameters = [
            ParameterSpecification("indices", .indices, .requiredForNumbers),
            ParameterSpecification("kernel_size", .spatial, .required),
            ParameterSpecification("stride", .spatial),
            ParameterSpecification("padding", .padding),
            ParameterSpecification("output_size", .spatial),
        ]
        return OperationSpecification("max_unpool\(rank)d", parameters) { given throws(CodingError) in
            let indices = try given.indicesUnlessShapesOnly()
            let kernelSize = try given.kernelSize(rank: rank)
            var unpooling = Unpooling(spatialRank: rank, indices: indices, kernelSize: kernelSize)
            unpooling.stride = try given.spatial("stride", rank: rank, neutral: 1) ?? kernelSize
            unpooling.padding = try given.padding(rank: rank)
            unpooling.outputSize = try given.spatial("output_size", rank: rank, neutral: 1)
            return .unpooling(unpooling)
        }
    }
}

extension Parameters {
    func kernelSize(rank: Int) throws(CodingError) -> Spatial {
        try required("kernel_size") { value throws(CodingError) in try value.spatial(rank: rank, neutral: 1) }
    }

    fileprivate func pooling(rank: Int, _ reduction: Pooling.Reduction) throws(CodingError) -> Pooling {
        var pooling = Pooling(spatialRank: rank, reduction: reduction, kernelSize: try kernelSize(rank: rank))
        pooling.stride = try spatial("stride", rank: rank, neutral: 1) ?? pooling.kernelSize
        pooling.padding = try padding(rank: rank)
        pooling.dilation = try spatial("dilation", rank: rank, neutral: 1) ?? pooling.dilation
        pooling.ceilMode = try bool("ceil_mode", default: false)
        return pooling
    }

    fileprivate func adaptivePooling(
        rank: Int,
        _ reduction: AdaptivePooling.Reduction
    ) throws(CodingError) -> Operation {
        let sizes = try required("output_size") { value throws(CodingError) in try value.adaptiveSize(rank: rank) }
        return .adaptivePooling(AdaptivePooling(spatialRank: rank, reduction: reduction, outputSize: sizes))
    }
}
