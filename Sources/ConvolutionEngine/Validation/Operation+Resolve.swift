extension Operation {
    /// How many tensors the operation takes.
    var inputCount: ClosedRange<Int> {
        switch self {
        case .combination(.concatenate): 1...Int.max
        case .combination: 2...Int.max
        default: 1...1
        }
    }

    /// The shape of what the operation makes of inputs of these shapes. No weights' numbers are looked at.
    package func outputShape(of inputs: [Shape]) throws(EngineError) -> Shape {
        let count = inputCount
        guard count.contains(inputs.count) else {
            throw EngineError(
                .inputCount(found: inputs.count, minimum: count.lowerBound, maximum: count.upperBound),
                parameter: "inputs"
            )
        }
        return try resolve(inputs[0], Array(inputs.dropFirst())).outputShape
    }

    /// Checks the operation's parameters against the shapes it reads; as many as `inputCount` says.
    func resolve(_ first: Shape, _ rest: [Shape]) throws(EngineError) -> ResolvedLayer {
        switch self {
        case .convolution(let layer): try layer.resolve(first)
        case .transposedConvolution(let layer): try layer.resolve(first)
        case .pooling(let layer): try layer.resolve(first)
        case .adaptivePooling(let layer): try layer.resolve(first)
        case .unpooling(let layer): try layer.resolve(first)
        case .unfold(let layer): try layer.resolve(first)
        case .fold(let layer): try layer.resolve(first)
        case .activation(let layer): try layer.resolve(first)
        case .prelu(let layer): try layer.resolve(first)
        case .softmax(let layer): try layer.resolve(first)
        case .batchNormalization(let layer): try layer.resolve(first)
        case .layerNormalization(let layer): try layer.resolve(first)
        case .groupNormalization(let layer): try layer.resolve(first)
        case .localResponseNormalization(let layer): try layer.resolve(first)
        case .linear(let layer): try layer.resolve(first)
        case .scale(let layer): try layer.resolve(first)
        case .flatten(let layer): try layer.resolve(first)
        case .reshape(let layer): try layer.resolve(first)
        case .pad(let layer): try layer.resolve(first)
        case .upsample(let layer): try layer.resolve(first)
        case .combination(let layer): try layer.resolve([first] + rest)
        }
    }
}
