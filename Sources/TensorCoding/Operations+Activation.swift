import ConvolutionEngine

extension OperationSpecification {
    /// `relu` to `log_softmax`.
    static let activations: [OperationSpecification] =
        [plain("relu", .relu), plain("relu6", .relu6), leakyReLU, elu, plain("selu", .selu), gelu]
        + [plain("silu", .silu), plain("mish", .mish), plain("sigmoid", .sigmoid), plain("tanh", .tanh)]
        + [plain("softplus", .softplus), plain("hardsigmoid", .hardsigmoid), plain("hardswish", .hardswish)]
        + [clamp, prelu, softmax("softmax", isLogarithmic: false), softmax("log_softmax", isLogarithmic: true)]

    private static func plain(_ name: String, _ activation: Activation) -> OperationSpecification {
        OperationSpecification(name, []) { _ throws(CodingError) in .activation(activation) }
    }

    private static let leakyReLU = OperationSpecification(
        "leaky_relu",
        [ParameterSpecification(.negativeSlope, .number)]
    ) { given throws(CodingError) in
        .activation(.leakyReLU(negativeSlope: try given.float(.negativeSlope, default: 0.01)))
    }

    private static let elu = OperationSpecification(
        "elu",
        [ParameterSpecification(.alpha, .number)]
    ) { given throws(CodingError) in
        .activation(.elu(alpha: try given.float(.alpha, default: 1)))
    }

    /// How `gelu` computes the normal distribution.
    private enum Approximation: String, CaseIterable { case none, tanh }

    private static let gelu = OperationSpecification(
        "gelu",
        [.choice(.approximate, of: Approximation.self)]
    ) { given throws(CodingError) in
        .activation(.gelu(tanhApproximation: try given.choice(.approximate, Approximation.self) == .tanh))
    }

    private static let clamp = OperationSpecification(
        "clamp",
        [ParameterSpecification(.min, .number), ParameterSpecification(.max, .number)]
    ) { given throws(CodingError) in
        let minimum = try given.float(.min, default: -.infinity)
        let maximum = try given.float(.max, default: .infinity)
        return .activation(.clamp(minimum: minimum, maximum: maximum))
    }

    private static let prelu = OperationSpecification(
        "prelu",
        [ParameterSpecification(.weight, .tensor, .requiredForNumbers)]
    ) { given throws(CodingError) in
        .prelu(PReLU(weight: try given.tensorUnlessShapesOnly(.weight)))
    }

    private static func softmax(_ name: String, isLogarithmic: Bool) -> OperationSpecification {
        OperationSpecification(name, [ParameterSpecification(.axis, .integer, .required)]) {
            given throws(CodingError) in
            let axis = try given.requiredInteger(.axis)
            return .softmax(Softmax(axis: axis, isLogarithmic: isLogarithmic))
        }
    }
}
