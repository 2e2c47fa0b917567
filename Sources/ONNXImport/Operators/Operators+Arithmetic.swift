import ConvolutionEngine

/// The four operations on two numbers.
enum Arithmetic: Hashable {
    case add, subtract, multiply, divide
}

extension Operators {
    static let arithmetic: [String: Conversion] = [
        "Add": binary(.add), "Sub": binary(.subtract), "Mul": binary(.multiply), "Div": binary(.divide), "Sum": sum,
        "Max": { importer, scope throws(NodeProblem) in
            try bounded(&importer, &scope) { .clamp(minimum: $0, maximum: .infinity) }
        },
        "Min": { importer, scope throws(NodeProblem) in
            try bounded(&importer, &scope) { .clamp(minimum: -.infinity, maximum: $0) }
        },
        "Neg": { importer, scope throws(NodeProblem) in
            let input = try scope.feature(0)
            return [.feature(try importer.scale(input, weight: .scalar(-1), bias: nil, as: scope.output))]
        },
    ]

    private static func binary(_ operation: Arithmetic) -> Conversion {
        { importer, scope throws(NodeProblem) in
            let (left, right) = (try scope.value(0), try scope.value(1))
            return [try importer.combine(operation, left, right, scope, as: scope.output)]
        }
    }

    /// Of any number of values, from the left.
    private static func sum(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        var total = try scope.value(0)
        for index in scope.inputs.indices.dropFirst() {
            let isLast = index == scope.inputs.count - 1
            let name = isLast ? scope.output : importer.step(scope, "sum\(index)")
            total = try importer.combine(.add, total, try scope.value(index), scope, as: name)
        }
        return [total]
    }

    /// The larger or the smaller of a feature and one number.
    private static func bounded(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope,
        _ function: (Float) -> Activation
    ) throws(NodeProblem) -> [Value] {
        guard scope.inputs.count == 2 else { throw .unsupported("\(scope.inputs.count) inputs: only one and a number") }
        let isFirst = if case .feature = try scope.value(0) { true } else { false }
        let input = try scope.feature(isFirst ? 0 : 1)
        guard case .constant = try scope.value(isFirst ? 1 : 0) else {
            throw .unsupported("two inputs that are computed: one must be a number")
        }
        let bound = try scope.number(isFirst ? 1 : 0)
        guard bound.isFinite else { throw .unsupported("a bound of \(bound)") }
        return [.feature(try importer.emit(.activation(function(bound)), [input], as: scope.output))]
    }
}

extension GraphImporter {
    fileprivate mutating func combine(
        _ operation: Arithmetic,
        _ left: Value,
        _ right: Value,
        _ scope: NodeScope,
        as name: String
    ) throws(NodeProblem) -> Value {
        switch (left, right) {
        case (.constant(let left), .constant(let right)):
            return .constant(try fold(operation, left, right))
        case (.feature(let left), .feature(let right)):
            return .feature(try combine(operation, left, right, scope, as: name))
        case (.feature(let feature), .constant(let constant)):
            return .feature(try scale(feature, operation, by: try constant.tensor(), isFirst: true, as: name))
        case (.constant(let constant), .feature(let feature)):
            return .feature(try scale(feature, operation, by: try constant.tensor(), isFirst: false, as: name))
        case (.gaussian(let step), let other), (let other, .gaussian(let step)):
            return try gaussian(step, operation, other, as: name)
        case (.nothing, _), (_, .nothing):
            return .nothing
        }
    }

    private mutating func combine(
        _ operation: Arithmetic,
        _ left: Feature,
        _ right: Feature,
        _ scope: NodeScope,
        as name: String
    ) throws(NodeProblem) -> Feature {
        // Otherwise broadcasting would lay the batch against another axis.
        guard left.shape.rank == right.shape.rank || !left.hasFreeBatch else {
            throw .unsupported("inputs of shapes \(left.shape) and \(right.shape)")
        }
        switch operation {
        case .add: return try emit(.combination(.add), [left, right], as: name)
        case .subtract:
            let negative = try scale(right, weight: .scalar(-1), bias: nil, as: step(scope, "negative"))
            return try emit(.combination(.add), [left, negative], as: name)
        case .multiply:
            if let gated = gate(left, right) ?? gate(right, left) {
                return try emit(.activation(gated.function), [gated.input], as: name)
            }
            return try emit(.combination(.multiply), [left, right], as: name)
        case .divide: throw .unsupported("a division by what is computed")
        }
    }

    /// x · gate(x), where it has a name of its own. The gate's layer goes when nobody else reads it.
    private func gate(_ input: Feature, _ gate: Feature) -> (function: Activation, input: Feature)? {
        guard let (operation, inputs) = origin(gate), case .activation(let function) = operation else { return nil }
        switch function {
        case .sigmoid where inputs == [input.name]: return (.silu, input)
        case .hardsigmoid where inputs == [input.name]: return (.hardswish, input)
        case .tanh:
            guard let inner = feature(named: inputs[0]), let (operation, inputs) = origin(inner),
                case .activation(.softplus) = operation, inputs == [input.name]
            else { return nil }
            return (.mish, input)
        default: return nil
        }
    }

    /// A feature and a constant, in this order where `isFirst`.
    private mutating func scale(
        _ feature: Feature,
        _ operation: Arithmetic,
        by constant: Tensor,
        isFirst: Bool,
        as name: String
    ) throws(NodeProblem) -> Feature {
        switch (operation, isFirst) {
        case (.add, _): try scale(feature, weight: nil, bias: constant, as: name)
        case (.subtract, true): try scale(feature, weight: nil, bias: constant.mapped { -$0 }, as: name)
        case (.subtract, false): try scale(feature, weight: .scalar(-1), bias: constant, as: name)
        case (.multiply, _): try scale(feature, weight: constant, bias: nil, as: name)
        case (.divide, true): try scale(feature, weight: constant.mapped { 1 / $0 }, bias: nil, as: name)
        case (.divide, false): throw .unsupported("a division by what is computed")
        }
    }

    private mutating func gaussian(
        _ step: GaussianStep,
        _ operation: Arithmetic,
        _ other: Value,
        as name: String
    ) throws(NodeProblem) -> Value {
        switch (step, operation, other) {
        case (.errorFunction(let input), .add, .constant(let constant)) where constant.isNumber(1):
            return .gaussian(.doubledDistribution(of: input))
        case (.doubledDistribution(let input), _, .constant(let constant)) where constant.halves(operation):
            return .gaussian(.distribution(of: input))
        case (.doubledDistribution(let input), .multiply, .feature(let feature)):
            if feature == input { return .gaussian(.doubled(of: input)) }
            if let (factor, half) = scaled(feature), factor == 0.5, half == input {
                return .feature(try emit(.activation(.gelu(tanhApproximation: false)), [input], as: name))
            }
        case (.distribution(let input), .multiply, .feature(let feature)) where feature == input:
            return .feature(try emit(.activation(.gelu(tanhApproximation: false)), [input], as: name))
        case (.doubled(let input), _, .constant(let constant)) where constant.halves(operation):
            return .feature(try emit(.activation(.gelu(tanhApproximation: false)), [input], as: name))
        default: break
        }
        throw .unsupported("erf other than as a part of gelu")
    }
}

// MARK: - Scales

extension GraphImporter {
    /// x · weight + bias. A summand goes into the layer before, where that has room for it and nobody else reads it.
    mutating func scale(
        _ feature: Feature,
        weight: Tensor?,
        bias: Tensor?,
        as name: String
    ) throws(NodeProblem) -> Feature {
        if weight == nil, let bias, isReadOnce(feature), let operation = origin(feature)?.operation,
            let absorbed = operation.absorbing(bias, into: feature.shape)
        {
            return try replace(feature, by: absorbed, as: name)
        }
        return try emit(.scale(Scale(weight: weight, bias: bias)), [feature], as: name)
    }

    /// The feature that this one is a multiple of, and the factor.
    func scaled(_ feature: Feature) -> (factor: Float, feature: Feature)? {
        guard let (operation, inputs) = origin(feature), case .scale(let scale) = operation, scale.bias == nil,
            let weight = scale.weight, weight.shape.elementCount == 1, let input = self.feature(named: inputs[0])
        else { return nil }
        return (weight.elements[0], input)
    }
}

extension Operation {
    /// The same with a bias, if it has none and this is one: a number for each channel or feature of `output`.
    fileprivate func absorbing(_ bias: Tensor, into output: Shape) -> Operation? {
        guard bias.shape.rank <= output.rank else { return nil }
        switch self {
        case .linear(var layer) where layer.bias == nil && output.rank >= 1:
            layer.bias = bias.asBias(of: output[output.rank - 1])
            return layer.bias.map { _ in .linear(layer) }
        case .convolution(var layer) where layer.bias == nil && output.rank == layer.spatialRank + 2:
            layer.bias = bias.asChannelBias(of: output)
            return layer.bias.map { _ in .convolution(layer) }
        case .transposedConvolution(var layer) where layer.bias == nil && output.rank == layer.spatialRank + 2:
            layer.bias = bias.asChannelBias(of: output)
            return layer.bias.map { _ in .transposedConvolution(layer) }
        case .scale(var layer) where layer.bias == nil:
            layer.bias = bias
            return .scale(layer)
        default: return nil
        }
    }
}

extension Tensor {
    static func scalar(_ value: Float) -> Tensor {
        guard let shape = Shape(checking: [1]) else { preconditionFailure("one axis of extent 1 is a shape") }
        return Tensor(shape: shape) { output in output.initialize(repeating: value) }
    }

    /// [C, 1…] or one number as a bias of [C].
    fileprivate func asChannelBias(of output: Shape) -> Tensor? {
        if shape.elementCount == 1 { return reshapedToOneAxis()?.asBias(of: output[1]) }
        let axis = shape.rank - (output.rank - 1)
        guard axis >= 0, axis < shape.rank, shape[axis] == shape.elementCount, shape[axis] == output[1] else {
            return nil
        }
        return reshapedToOneAxis()
    }

    private func reshapedToOneAxis() -> Tensor? { Shape(checking: [shape.elementCount]).map(reshaped) }
}

extension Constant {
    /// Whether a product with it, or a quotient by it, is half of the other.
    fileprivate func halves(_ operation: Arithmetic) -> Bool {
        operation == .multiply ? isNumber(0.5) : operation == .divide && isNumber(2)
    }

    fileprivate func isNumber(_ value: Float) -> Bool {
        guard case .numbers(let tensor) = elements, shape.elementCount == 1 else { return false }
        return tensor.elements[0] == value
    }

    fileprivate func tensor() throws(NodeProblem) -> Tensor {
        guard case .numbers(let tensor) = elements else { throw .unsupported("integers beside what is computed") }
        return tensor
    }
}
