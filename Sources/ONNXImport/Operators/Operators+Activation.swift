import ConvolutionEngine

extension Operators {
    static let activations: [String: Conversion] = [
        "Relu": plain(.relu), "Sigmoid": plain(.sigmoid), "Tanh": plain(.tanh), "Softplus": plain(.softplus),
        "Mish": plain(.mish), "HardSwish": plain(.hardswish), "LeakyRelu": leakyReLU, "Elu": elu, "Selu": selu,
        "Gelu": gelu, "HardSigmoid": hardSigmoid, "Clip": clip, "PRelu": prelu, "Swish": swish, "Erf": errorFunction,
        "Softmax": { importer, scope throws(NodeProblem) in try softmax(&importer, &scope, isLogarithmic: false) },
        "LogSoftmax": { importer, scope throws(NodeProblem) in try softmax(&importer, &scope, isLogarithmic: true) },
    ]

    private static func plain(_ function: Activation) -> Conversion {
        { importer, scope throws(NodeProblem) in
            let input = try scope.feature(0)
            return [.feature(try importer.emit(.activation(function), [input], as: scope.output))]
        }
    }

    private static func leakyReLU(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let slope = try scope.float("alpha", default: 0.01)
        return try plain(.leakyReLU(negativeSlope: slope))(&importer, &scope)
    }

    private static func elu(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        let alpha = try scope.float("alpha", default: 1)
        return try plain(.elu(alpha: alpha))(&importer, &scope)
    }

    private static func selu(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        // The operator's defaults are the layer's numbers, rounded to float32.
        let (standardAlpha, standardGamma) = (1.67326319217681884765625 as Float, 1.05070102214813232421875 as Float)
        let alpha = try scope.float("alpha", default: standardAlpha)
        let gamma = try scope.float("gamma", default: standardGamma)
        let isStandard = abs(alpha - standardAlpha) < 1e-6 && abs(gamma - standardGamma) < 1e-6
        if isStandard { return try plain(.selu)(&importer, &scope) }
        let input = try scope.feature(0)
        let bent = try importer.emit(.activation(.elu(alpha: alpha)), [input], as: importer.step(scope, "elu"))
        return [.feature(try importer.scale(bent, weight: .scalar(gamma), bias: nil, as: scope.output))]
    }

    private static func gelu(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        switch try scope.text("approximate", default: "none") {
        case "none": return try plain(.gelu(tanhApproximation: false))(&importer, &scope)
        case "tanh": return try plain(.gelu(tanhApproximation: true))(&importer, &scope)
        case let other: throw .attributeValue("approximate", found: other)
        }
    }

    /// max(0, min(1, alpha · x + beta)); PyTorch's is that of 1/6 and 1/2.
    private static func hardSigmoid(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let (alpha, beta) = (try scope.float("alpha", default: 0.2), try scope.float("beta", default: 0.5))
        if abs(alpha - 1 / 6) < 1e-7, beta == 0.5 { return try plain(.hardsigmoid)(&importer, &scope) }
        let input = try scope.feature(0)
        let line = try importer.scale(
            input,
            weight: .scalar(alpha),
            bias: .scalar(beta),
            as: importer.step(scope, "line")
        )
        let cut = Operation.activation(.clamp(minimum: 0, maximum: 1))
        return [.feature(try importer.emit(cut, [line], as: scope.output))]
    }

    private static func clip(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        let low: Float?
        let high: Float?
        if scope.opset < 11 {
            (low, high) = (try scope.optionalFloat("min"), try scope.optionalFloat("max"))
        } else {
            low = scope.has(1) ? try scope.number(1) : nil
            high = scope.has(2) ? try scope.number(2) : nil
        }
        // Bounds at the ends of float32 are how exporters write none.
        let minimum = low.map { $0 <= -.greatestFiniteMagnitude ? -.infinity : $0 } ?? -.infinity
        let maximum = high.map { $0 >= .greatestFiniteMagnitude ? .infinity : $0 } ?? .infinity
        guard !minimum.isNaN, !maximum.isNaN, minimum < .infinity, maximum > -.infinity else {
            throw .unsupported("bounds of \(minimum) and \(maximum)")
        }
        switch (minimum, maximum) {
        case (0, 6): return try plain(.relu6)(&importer, &scope)
        case (0, .infinity): return try plain(.relu)(&importer, &scope)
        default: return try plain(.clamp(minimum: minimum, maximum: maximum))(&importer, &scope)
        }
    }

    /// The slope is broadcast from the last axis; only one for all or one a channel is computed.
    private static func prelu(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value]
    {
        let input = try scope.feature(0)
        let slope = try scope.tensor(1)
        let count = slope.shape.elementCount
        // Where the slope's only axis that is not 1 must lie for it to be the channels'.
        let channelAxis = slope.shape.rank - (input.shape.rank - 1)
        let isPerChannel =
            input.shape.rank >= 2 && channelAxis >= 0 && slope.shape[channelAxis] == count && count == input.shape[1]
        guard count == 1 || isPerChannel, let weight = Shape(checking: [count]) else {
            throw .unsupported("a slope of shape \(slope.shape) for an input of shape \(input.shape)")
        }
        let layer = PReLU(weight: slope.reshaped(weight))
        return [.feature(try importer.emit(.prelu(layer), [input], as: scope.output))]
    }

    private static func swish(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value]
    {
        guard try scope.float("alpha", default: 1) == 1 else { throw .unsupported("alpha other than 1") }
        return try plain(.silu)(&importer, &scope)
    }

    /// Only where it is a part of gelu: the input must be x / √2.
    private static func errorFunction(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        guard let origin = importer.scaled(input), abs(origin.factor - 0.70710678) < 1e-6 else {
            throw .unsupported("erf other than as a part of gelu")
        }
        return [.gaussian(.errorFunction(of: origin.feature))]
    }

    private static func softmax(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope,
        isLogarithmic: Bool
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let rank = input.shape.rank
        let axis = try resolvedAxis(try scope.integer("axis", default: scope.opset < 13 ? 1 : -1), rank: rank)
        let layer = Operation.softmax(Softmax(axis: axis, isLogarithmic: isLogarithmic))
        // Before version 13 all axes from that one on are one.
        let following = input.shape[(axis + 1)...].reduce(1, *)
        guard scope.opset < 13, following > 1 else {
            return [.feature(try importer.emit(layer, [input], as: scope.output))]
        }
        let joined = input.extents[..<axis] + [.known(input.shape[axis] * following)]
        let row = try importer.reshape(input, to: Array(joined), as: importer.step(scope, "row"))
        let shares = try importer.emit(layer, [row], as: importer.step(scope, "shares"))
        return [.feature(try importer.reshape(shares, to: input.extents, as: scope.output))]
    }
}
