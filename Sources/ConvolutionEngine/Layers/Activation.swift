/// A function of each element by itself, as `torch.nn.functional` defines it.
package enum Activation: Hashable, Sendable {
    case relu
    case relu6
    case leakyReLU(negativeSlope: Float)
    case elu(alpha: Float)
    case selu
    /// x·Φ(x) by the error function, or its tanh approximation.
    case gelu(tanhApproximation: Bool)
    case silu
    case mish
    case sigmoid
    case tanh
    case softplus
    case hardsigmoid
    case hardswish
    /// The nearest number from `minimum` to `maximum`; `maximum` where they cross.
    case clamp(minimum: Float, maximum: Float)
}

/// max(0, x) + weight · min(0, x), with one weight for all channels or one for each.
package struct PReLU: Sendable {
    /// [1] or [C]; `nil` for shapes without data.
    package var weight: Tensor?

    package init(weight: Tensor?) { self.weight = weight }
}

/// Exponentials that sum to one along an axis, or their logarithm.
package struct Softmax: Hashable, Sendable {
    /// The axis, negative from the end.
    package var axis: Int
    package var isLogarithmic: Bool

    package init(axis: Int, isLogarithmic: Bool) {
        self.axis = axis
        self.isLogarithmic = isLogarithmic
    }
}
