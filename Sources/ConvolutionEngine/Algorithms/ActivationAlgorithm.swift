import CVectorKernels

extension Activation {
    /// `function` of `count` elements; input and output may be the same.
    func apply(
        _ input: UnsafePointer<Float>,
        count: Int,
        output: UnsafeMutablePointer<Float>,
        kernels: KernelSet = .chosen
    ) {
        if case .clamp(let minimum, let maximum) = self {
            return kernels.functions.bounded(input, count, minimum, maximum, output)
        }
        guard let (function, parameter) = kernel else { return }
        kernels.functions.activate(function, parameter, input, count, output)
    }

    /// Where it is the nearest number from 0 to a ceiling, that ceiling, which a product's last step brings about for next to
    /// nothing.
    var ceiling: Float? {
        switch self {
        case .relu: .infinity
        case .relu6: 6
        default: nil
        }
    }

    /// About how long one thread takes for a million elements.
    var microseconds: Int {
        switch self {
        case .relu, .relu6, .leakyReLU, .hardsigmoid, .hardswish, .clamp: 100
        case .sigmoid, .silu, .tanh, .elu, .selu: 250
        case .gelu, .mish, .softplus: 500
        }
    }

    /// `nil` for what takes more than one parameter.
    private var kernel: (function: cv_function, parameter: Float)? {
        switch self {
        case .relu: (CV_RELU, 0)
        case .relu6: (CV_RELU6, 0)
        case .leakyReLU(let negativeSlope): (CV_LEAKY_RELU, negativeSlope)
        case .elu(let alpha): (CV_ELU, alpha)
        case .selu: (CV_SELU, 0)
        case .gelu(tanhApproximation: false): (CV_GELU, 0)
        case .gelu(tanhApproximation: true): (CV_GELU_TANH, 0)
        case .silu: (CV_SILU, 0)
        case .mish: (CV_MISH, 0)
        case .sigmoid: (CV_SIGMOID, 0)
        case .tanh: (CV_TANH, 0)
        case .softplus: (CV_SOFTPLUS, 0)
        case .hardsigmoid: (CV_HARDSIGMOID, 0)
        case .hardswish: (CV_HARDSWISH, 0)
        case .clamp: nil
        }
    }
}
