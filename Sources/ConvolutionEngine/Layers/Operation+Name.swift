extension Operation {
    /// The name by which the interface calls the operation: `conv2d`, `adaptive_avg_pool1d`, `relu`…
    package var name: String {
        switch self {
        case .convolution(let layer): pick(layer.spatialRank, "conv1d", "conv2d", "conv3d")
        case .transposedConvolution(let layer):
            pick(layer.spatialRank, "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
        case .pooling(let layer): layer.name
        case .adaptivePooling(let layer): layer.name
        case .unpooling(let layer): pick(layer.spatialRank, "max_unpool1d", "max_unpool2d", "max_unpool3d")
        case .unfold: "unfold"
        case .fold: "fold"
        case .activation(let function): function.name
        case .prelu: "prelu"
        case .softmax(let layer): layer.isLogarithmic ? "log_softmax" : "softmax"
        case .batchNormalization(let layer): pick(layer.spatialRank, "batch_norm1d", "batch_norm2d", "batch_norm3d")
        case .layerNormalization: "layer_norm"
        case .groupNormalization(let layer): layer.groups == nil ? "instance_norm" : "group_norm"
        case .localResponseNormalization: "local_response_norm"
        case .linear: "linear"
        case .scale: "scale"
        case .flatten: "flatten"
        case .reshape: "reshape"
        case .pad: "pad"
        case .upsample: "upsample"
        case .combination(.add): "add"
        case .combination(.multiply): "multiply"
        case .combination(.concatenate): "concat"
        }
    }
}

extension Pooling {
    fileprivate var name: String {
        switch reduction {
        case .maximum: pick(spatialRank, "max_pool1d", "max_pool2d", "max_pool3d")
        case .average: pick(spatialRank, "avg_pool1d", "avg_pool2d", "avg_pool3d")
        case .norm: pick(spatialRank, "lp_pool1d", "lp_pool2d", "lp_pool3d")
        }
    }
}

extension AdaptivePooling {
    fileprivate var name: String {
        switch reduction {
        case .maximum: pick(spatialRank, "adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d")
        case .average: pick(spatialRank, "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d")
        }
    }
}

extension Activation {
    fileprivate var name: String {
        switch self {
        case .relu: "relu"
        case .relu6: "relu6"
        case .leakyReLU: "leaky_relu"
        case .elu: "elu"
        case .selu: "selu"
        case .gelu: "gelu"
        case .silu: "silu"
        case .mish: "mish"
        case .sigmoid: "sigmoid"
        case .tanh: "tanh"
        case .softplus: "softplus"
        case .hardsigmoid: "hardsigmoid"
        case .hardswish: "hardswish"
        case .clamp: "clamp"
        }
    }
}

private func pick(_ spatialRank: Int, _ one: String, _ two: String, _ three: String) -> String {
    switch spatialRank {
    case 1: one
    case 2: two
    default: three
    }
}
