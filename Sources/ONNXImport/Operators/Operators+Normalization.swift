import ConvolutionEngine

extension Operators {
    static let normalizations: [String: Conversion] = [
        "BatchNormalization": batch, "InstanceNormalization": instance, "LayerNormalization": layer,
        "GroupNormalization": group, "LRN": localResponse,
    ]

    private static func batch(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value]
    {
        let input = try scope.feature(0)
        scope.ignore("momentum")
        guard try !scope.flag("training_mode") else { throw .unsupported("training_mode") }
        guard try scope.integer("spatial", default: 1) == 1 else { throw .unsupported("spatial of 0") }
        guard (2...5).contains(input.shape.rank) else { throw .unsupported("an input of shape \(input.shape)") }
        var layer = BatchNormalization(
            spatialRank: max(1, input.shape.rank - 2),
            runningMean: try scope.tensor(3),
            runningVariance: try scope.tensor(4)
        )
        (layer.weight, layer.bias) = (try scope.tensor(1), try scope.tensor(2))
        layer.epsilon = Double(try scope.float("epsilon", default: 1e-5))
        return [.feature(try importer.emit(.batchNormalization(layer), [input], as: scope.output))]
    }

    private static func instance(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        var layer = GroupNormalization(groups: nil)
        (layer.weight, layer.bias) = (try scope.tensor(1), try scope.tensor(2))
        layer.epsilon = Double(try scope.float("epsilon", default: 1e-5))
        return [.feature(try importer.emit(.groupNormalization(layer), [input], as: scope.output))]
    }

    private static func layer(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value]
    {
        let input = try scope.feature(0)
        // The precision of the mean: float32 or better either way.
        scope.ignore("stash_type")
        let axis = try resolvedAxis(try scope.integer("axis", default: -1), rank: input.shape.rank)
        guard axis > 0 || !input.hasFreeBatch else { throw .fixesBatch }
        let normalized = Array(input.shape[axis...])
        var layer = LayerNormalization(normalizedShape: normalized)
        layer.weight = try importer.spread(try scope.tensor(1), over: normalized)
        if let bias = try scope.optionalTensor(2) { layer.bias = try importer.spread(bias, over: normalized) }
        layer.epsilon = Double(try scope.float("epsilon", default: 1e-5))
        return [.feature(try importer.emit(.layerNormalization(layer), [input], as: scope.output))]
    }

    private static func group(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value]
    {
        let input = try scope.feature(0)
        scope.ignore("stash_type")
        guard let groups = try scope.optionalInteger("num_groups") else { throw .missingAttribute("num_groups") }
        guard groups >= 1, input.shape.rank >= 2, input.shape[1].isMultiple(of: groups) else {
            throw .attributeValue("num_groups", found: "\(groups)")
        }
        var layer = GroupNormalization(groups: groups)
        (layer.weight, layer.bias) = (try scope.tensor(1), try scope.tensor(2))
        // Before version 21 there is one number a group, not one a channel.
        if scope.opset < 21 {
            let channels = input.shape[1] / groups
            layer.weight = try importer.repeated(try scope.tensor(1), channels)
            layer.bias = try importer.repeated(try scope.tensor(2), channels)
        }
        layer.epsilon = Double(try scope.float("epsilon", default: 1e-5))
        return [.feature(try importer.emit(.groupNormalization(layer), [input], as: scope.output))]
    }

    private static func localResponse(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        guard let size = try scope.optionalInteger("size") else { throw .missingAttribute("size") }
        // ONNX has the odd neighbour of an even size after the channel, PyTorch before it.
        guard size % 2 == 1 else { throw .unsupported("an even size of \(size)") }
        var layer = LocalResponseNormalization(size: size)
        layer.alpha = Double(try scope.float("alpha", default: 1e-4))
        layer.beta = Double(try scope.float("beta", default: 0.75))
        layer.k = Double(try scope.float("bias", default: 1))
        return [.feature(try importer.emit(.localResponseNormalization(layer), [input], as: scope.output))]
    }
}

extension GraphImporter {
    /// The elements repeated until the shape is `extents`, if broadcasting does so.
    fileprivate mutating func spread(_ tensor: Tensor, over extents: [Int]) throws(NodeProblem) -> Tensor {
        let target = try reserve(Shape(checking: extents))
        let places = broadcastPlaces(from: tensor.shape, to: target)
        guard let places, case .numbers(let spread)? = Constant(tensor).taking(places, shape: target)?.elements else {
            throw .unsupported("a scale of shape \(tensor.shape) over \(target)")
        }
        return spread
    }

    /// Each element `count` times in a row.
    fileprivate mutating func repeated(_ tensor: Tensor, _ count: Int) throws(NodeProblem) -> Tensor {
        let (total, overflow) = tensor.shape.elementCount.multipliedReportingOverflow(by: count)
        let shape = try reserve(overflow ? nil : Shape(checking: [total]))
        return Tensor(shape: shape) { output in
            let elements = tensor.elements
            for index in 0..<total { output.initializeElement(at: index, to: elements[index / count]) }
        }
    }
}
