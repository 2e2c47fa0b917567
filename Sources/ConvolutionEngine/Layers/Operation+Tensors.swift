extension Operation {
    /// The weights that it holds, by the names of the interface.
    package var tensors: [(name: String, tensor: Tensor)] {
        let all: [(String, Tensor?)] =
            switch self {
            case .convolution(let layer): [("weight", layer.weight.tensor), ("bias", layer.bias)]
            case .transposedConvolution(let layer): [("weight", layer.weight.tensor), ("bias", layer.bias)]
            case .prelu(let layer): [("weight", layer.weight)]
            case .batchNormalization(let layer):
                [("running_mean", layer.runningMean), ("running_var", layer.runningVariance)]
                    + [("weight", layer.weight), ("bias", layer.bias)]
            case .layerNormalization(let layer): [("weight", layer.weight), ("bias", layer.bias)]
            case .groupNormalization(let layer): [("weight", layer.weight), ("bias", layer.bias)]
            case .linear(let layer): [("weight", layer.weight.tensor), ("bias", layer.bias)]
            case .scale(let layer): [("weight", layer.weight), ("bias", layer.bias)]
            case .pooling, .adaptivePooling, .unpooling, .unfold, .fold, .activation, .softmax,
                .localResponseNormalization, .flatten, .reshape, .pad, .upsample, .combination:
                []
            }
        return all.compactMap { name, tensor in tensor.map { (name, $0) } }
    }
}

extension Convolution.Weight {
    fileprivate var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
}

extension TransposedConvolution.Weight {
    fileprivate var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
}

extension Linear.Weight {
    fileprivate var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
}
