import ConvolutionEngine

extension Operators {
    static let pools: [String: Conversion] = [
        "MaxPool": maximumPool, "AveragePool": averagePool, "LpPool": normPool,
        "GlobalMaxPool": globalMaximumPool, "GlobalAveragePool": globalAveragePool, "GlobalLpPool": globalNormPool,
        "ReduceMean": mean, "ReduceMax": maximum,
    ]

    private static func maximumPool(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        // It decides how indices are counted, which nobody reads.
        scope.ignore("storage_order")
        return try pool(&importer, &scope, .maximum(returnsIndices: false))
    }

    private static func averagePool(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let countsPadding = try scope.flag("count_include_pad")
        return try pool(&importer, &scope, .average(countsPadding: countsPadding, divisorOverride: nil))
    }

    private static func normPool(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        try pool(&importer, &scope, .norm(p: Double(try scope.integer("p", default: 2))))
    }

    private static func pool(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope,
        _ reduction: Pooling.Reduction
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let window = try WindowAttributes(&scope, input)
        guard let kernel = try scope.spatial("kernel_shape", rank: window.spatialRank) else {
            throw .missingAttribute("kernel_shape")
        }
        var layer = Pooling(spatialRank: window.spatialRank, reduction: reduction, kernelSize: kernel)
        (layer.stride, layer.dilation, layer.padding) = (window.stride, window.dilation, window.padding)
        layer.ceilMode = try scope.flag("ceil_mode")
        return [.feature(try importer.emit(.pooling(layer), [input], as: scope.output))]
    }

    private static func globalMaximumPool(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        try global(&importer, &scope, .maximum(returnsIndices: false))
    }

    private static func globalAveragePool(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        try global(&importer, &scope, .average)
    }

    private static func global(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope,
        _ reduction: AdaptivePooling.Reduction
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let rank = try spatialRank(input)
        let layer = AdaptivePooling(
            spatialRank: rank,
            reduction: reduction,
            outputSize: Array(repeating: 1, count: rank)
        )
        return [.feature(try importer.emit(.adaptivePooling(layer), [input], as: scope.output))]
    }

    private static func globalNormPool(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let rank = try spatialRank(input)
        let p = Double(try scope.integer("p", default: 2))
        let whole = Spatial(trailing: Array(input.shape.suffix(rank)), neutral: 1)
        let layer = Pooling(spatialRank: rank, reduction: .norm(p: p), kernelSize: whole)
        return [.feature(try importer.emit(.pooling(layer), [input], as: scope.output))]
    }

    private static func mean(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        try reduce(&importer, &scope, .average, axesAreInputSince: 18)
    }

    private static func maximum(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        try reduce(&importer, &scope, .maximum(returnsIndices: false), axesAreInputSince: 18)
    }

    /// Over spatial axes, as a pool whose window is all of them.
    private static func reduce(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope,
        _ reduction: AdaptivePooling.Reduction,
        axesAreInputSince opset: Int64
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let keepsAxes = try scope.integer("keepdims", default: 1) != 0
        let doesNothingWithoutAxes = try scope.flag("noop_with_empty_axes")
        let given = try scope.axes(input: 1, since: opset) ?? []
        if given.isEmpty, doesNothingWithoutAxes { return [.feature(input)] }
        let axes = given.isEmpty ? Array(input.shape.indices) : try resolvedAxes(given, rank: input.shape.rank)
        guard let first = axes.first, first >= 2, input.shape.rank <= 5 else {
            throw .unsupported("axes \(axes) of an input of shape \(input.shape): only spatial axes are reduced")
        }
        let rank = input.shape.rank - 2
        let sizes = (0..<rank).map { axes.contains($0 + 2) ? 1 : nil }
        let layer = AdaptivePooling(spatialRank: rank, reduction: reduction, outputSize: sizes)
        guard !keepsAxes else {
            return [.feature(try importer.emit(.adaptivePooling(layer), [input], as: scope.output))]
        }
        let pooled = try importer.emit(.adaptivePooling(layer), [input], as: importer.step(scope, "pooled"))
        let extents = pooled.extents.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
        return [.feature(try importer.reshape(pooled, to: extents, as: scope.output))]
    }

    private static func spatialRank(_ input: Feature) throws(NodeProblem) -> Int {
        guard (3...5).contains(input.shape.rank) else { throw .unsupported("an input of shape \(input.shape)") }
        return input.shape.rank - 2
    }
}
