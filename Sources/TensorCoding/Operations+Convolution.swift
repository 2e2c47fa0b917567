import ConvolutionEngine

extension OperationSpecification {
    /// `conv1d` to `conv_transpose3d`.
    static let convolutions: [OperationSpecification] =
        (1...3).map(convolution) + (1...3).map(transposedConvolution)

    /// What stands in for the weight where only shapes are asked for.
    private static let weightSizes = [
        ParameterSpecification(.outChannels, .integer, .shapesOnly),
        ParameterSpecification(.kernelSize, .spatial, .shapesOnly),
    ]

    private static func convolution(rank: Int) -> OperationSpecification {
        let kernels = ParameterSpecification.Kind.choice(WellKnownKernel.allCases.map(\.rawValue))
        let kernel = ParameterSpecification(.kernel, kernels, .alternative(to: MemberName.weight.rawValue))
        let parameters: [ParameterSpecification] =
            [ParameterSpecification(.weight, .tensor, .requiredForNumbers)] + (rank == 2 ? [kernel] : []) + [
                ParameterSpecification(.bias, .tensor),
                ParameterSpecification(.stride, .spatial),
                ParameterSpecification(.padding, .padding),
                ParameterSpecification(.dilation, .spatial),
                ParameterSpecification(.groups, .integer),
                .choice(.paddingMode, of: PaddingMode.self),
                .choice(.algorithm, of: AlgorithmRequest.self),
            ] + weightSizes
        return OperationSpecification("conv\(rank)d", parameters) { given throws(CodingError) in
            var convolution = Convolution(spatialRank: rank, weight: try given.convolutionWeight(rank: rank))
            (convolution.bias, convolution.countsBias) = try given.bias()
            convolution.stride = try given.spatial(.stride, rank: rank, neutral: 1) ?? convolution.stride
            convolution.padding = try given.padding(rank: rank)
            convolution.dilation = try given.spatial(.dilation, rank: rank, neutral: 1) ?? convolution.dilation
            convolution.groups = try given.integer(.groups) ?? 1
            convolution.paddingMode = try given.choice(.paddingMode, PaddingMode.self) ?? .zeros
            convolution.algorithm = try given.choice(.algorithm, AlgorithmRequest.self) ?? .auto
            return .convolution(convolution)
        }
    }

    private static func transposedConvolution(rank: Int) -> OperationSpecification {
        let parameters =
            [
                ParameterSpecification(.weight, .tensor, .requiredForNumbers),
                ParameterSpecification(.bias, .tensor),
                ParameterSpecification(.stride, .spatial),
                ParameterSpecification(.padding, .padding),
                ParameterSpecification(.outputPadding, .spatial),
                ParameterSpecification(.outputSize, .spatial),
                ParameterSpecification(.dilation, .spatial),
                ParameterSpecification(.groups, .integer),
            ] + weightSizes
        return OperationSpecification("conv_transpose\(rank)d", parameters) { given throws(CodingError) in
            let weight = try given.transposedWeight(rank: rank)
            var convolution = TransposedConvolution(spatialRank: rank, weight: weight)
            (convolution.bias, convolution.countsBias) = try given.bias()
            convolution.stride = try given.spatial(.stride, rank: rank, neutral: 1) ?? convolution.stride
            convolution.padding = try given.padding(rank: rank)
            convolution.dilation = try given.spatial(.dilation, rank: rank, neutral: 1) ?? convolution.dilation
            convolution.groups = try given.integer(.groups) ?? 1
            let added = try given.spatial(.outputPadding, rank: rank, neutral: 0)
            let size = try given.spatial(.outputSize, rank: rank, neutral: 1)
            switch (added, size) {
            case (nil, nil): break
            case (let added?, nil): convolution.outputExtent = .padding(added)
            case (nil, let size?): convolution.outputExtent = .size(size)
            case (_?, _?): throw given.exclusive([.outputPadding, .outputSize])
            }
            return .transposedConvolution(convolution)
        }
    }
}

extension Parameters {
    fileprivate func convolutionWeight(rank: Int) throws(CodingError) -> Convolution.Weight {
        let weight = try tensor(.weight)
        let kernel = try choice(.kernel, WellKnownKernel.self)
        switch (weight, kernel) {
        case (let weight?, nil): return .tensor(weight)
        case (nil, let kernel?): return .named(kernel)
        case (_?, _?): throw exclusive([.weight, .kernel])
        case (nil, nil):
            let (outChannels, kernelSize) = try weightSize(rank: rank)
            return .unspecified(outChannels: outChannels, kernelSize: kernelSize)
        }
    }

    fileprivate func transposedWeight(rank: Int) throws(CodingError) -> TransposedConvolution.Weight {
        if let weight = try tensor(.weight) { return .tensor(weight) }
        let (outChannels, kernelSize) = try weightSize(rank: rank)
        return .unspecified(outChannels: outChannels, kernelSize: kernelSize)
    }

    /// For shapes: what the weight's shape would say.
    private func weightSize(rank: Int) throws(CodingError) -> (outChannels: Int, kernelSize: Spatial) {
        guard isShapesOnly else { throw missing(.weight) }
        let outChannels = try requiredInteger(.outChannels)
        let kernelSize = try requiredSpatial(.kernelSize, rank: rank, neutral: 1)
        return (outChannels, kernelSize)
    }
}
