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
        return try resolve(inputs).outputShape
    }

    /// Checks the operation's parameters against the shapes it reads; as many as `inputCount` says.
    func resolve(_ shapes: [Shape]) throws(EngineError) -> ResolvedLayer {
        switch self {
        case .convolution(let layer): try layer.resolve(shapes[0])
        case .transposedConvolution(let layer): try layer.resolve(shapes[0])
        case .pooling(let layer): try layer.resolve(shapes[0])
        case .adaptivePooling(let layer): try layer.resolve(shapes[0])
        case .unpooling(let layer): try layer.resolve(shapes[0])
        case .unfold(let layer): try layer.resolve(shapes[0])
        case .fold(let layer): try layer.resolve(shapes[0])
        case .activation(let layer): try layer.resolve(shapes[0])
        case .prelu(let layer): try layer.resolve(shapes[0])
        case .softmax(let layer): try layer.resolve(shapes[0])
        case .batchNormalization(let layer): try layer.resolve(shapes[0])
        case .layerNormalization(let layer): try layer.resolve(shapes[0])
        case .groupNormalization(let layer): try layer.resolve(shapes[0])
        case .localResponseNormalization(let layer): try layer.resolve(shapes[0])
        case .linear(let layer): try layer.resolve(shapes[0])
        case .scale(let layer): try layer.resolve(shapes[0])
        case .flatten(let layer): try layer.resolve(shapes[0])
        case .reshape(let layer): try layer.resolve(shapes[0])
        case .pad(let layer): try layer.resolve(shapes[0])
        case .upsample(let layer): try layer.resolve(shapes[0])
        case .combination(let layer): try layer.resolve(shapes)
        }
    }
}
