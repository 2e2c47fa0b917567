import ConvolutionEngine

extension OperationSpecification {
    /// `unfold` and `fold`, of two spatial axes.
    static let unfolding = [unfold, fold]

    private static let window = [
        ParameterSpecification(.kernelSize, .spatial, .required),
        ParameterSpecification(.stride, .spatial),
        ParameterSpecification(.padding, .padding),
        ParameterSpecification(.dilation, .spatial),
    ]

    private static let unfold = OperationSpecification("unfold", window) { given throws(CodingError) in
        var unfold = Unfold(kernelSize: try given.kernelSize(rank: 2))
        unfold.stride = try given.spatial(.stride, rank: 2, neutral: 1) ?? unfold.stride
        unfold.padding = try given.padding(rank: 2)
        unfold.dilation = try given.spatial(.dilation, rank: 2, neutral: 1) ?? unfold.dilation
        return .unfold(unfold)
    }

    private static let fold = OperationSpecification(
        "fold",
        [ParameterSpecification(.outputSize, .spatial, .required)] + window
    ) { given throws(CodingError) in
        let outputSize = try given.requiredSpatial(.outputSize, rank: 2, neutral: 1)
        var fold = Fold(outputSize: outputSize, kernelSize: try given.kernelSize(rank: 2))
        fold.stride = try given.spatial(.stride, rank: 2, neutral: 1) ?? fold.stride
        fold.padding = try given.padding(rank: 2)
        fold.dilation = try given.spatial(.dilation, rank: 2, neutral: 1) ?? fold.dilation
        return .fold(fold)
    }
}
