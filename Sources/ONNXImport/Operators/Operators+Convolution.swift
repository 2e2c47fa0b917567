import ConvolutionEngine

extension Operators {
    static let convolutions: [String: Conversion] = [
        "Conv": convolution, "ConvTranspose": transposedConvolution, "Gemm": generalProduct, "MatMul": product,
    ]

    private static func convolution(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let window = try WindowAttributes(&scope, input)
        let weight = try scope.tensor(1)
        try scope.checkKernel(weight, window)
        var layer = Convolution(spatialRank: window.spatialRank, weight: .tensor(weight))
        layer.bias = try scope.optionalTensor(2)
        (layer.stride, layer.dilation, layer.padding) = (window.stride, window.dilation, window.padding)
        layer.groups = try scope.integer("group", default: 1)
        return [.feature(try importer.emit(.convolution(layer), [input], as: scope.output))]
    }

    private static func transposedConvolution(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let window = try WindowAttributes(&scope, input)
        let weight = try scope.tensor(1)
        try scope.checkKernel(weight, window)
        var layer = TransposedConvolution(spatialRank: window.spatialRank, weight: .tensor(weight))
        layer.bias = try scope.optionalTensor(2)
        (layer.stride, layer.dilation, layer.padding) = (window.stride, window.dilation, window.padding)
        layer.groups = try scope.integer("group", default: 1)
        let added = try scope.spatial("output_padding", rank: window.spatialRank) ?? Spatial(repeating: 0)
        layer.outputExtent = .padding(added)
        if let sizes = try scope.optionalIntegers("output_shape"), !sizes.isEmpty {
            let startsWithLess = try scope.text("auto_pad", default: "NOTSET") == "SAME_UPPER"
            try layer.reach(sizes, input, weight, added: added, startsWithLess: startsWithLess)
        }
        return [.feature(try importer.emit(.transposedConvolution(layer), [input], as: scope.output))]
    }

    /// alpha · A · B + beta · C
    private static func generalProduct(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        guard try !scope.flag("transA") else { throw .unsupported("transA") }
        guard input.shape.rank == 2 else { throw .unsupported("an input of shape \(input.shape)") }
        let isTransposed = try scope.flag("transB")
        let (alpha, beta) = (try scope.float("alpha", default: 1), try scope.float("beta", default: 1))
        let matrix = try scope.matrix(1)
        let weight = (isTransposed ? matrix : matrix.transposed()).scaled(by: alpha)
        var layer = Linear(weight: .tensor(weight))
        let summand = try scope.optionalTensor(2)?.scaled(by: beta)
        if let summand, let bias = summand.asBias(of: weight.shape[0]) {
            layer.bias = bias
            return [.feature(try importer.emit(.linear(layer), [input], as: scope.output))]
        }
        guard let summand else { return [.feature(try importer.emit(.linear(layer), [input], as: scope.output))] }
        let product = try importer.emit(.linear(layer), [input], as: importer.step(scope, "product"))
        return [.feature(try importer.scale(product, weight: nil, bias: summand, as: scope.output))]
    }

    private static func product(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        // A sum over the batch would be none of the samples'.
        guard input.shape.rank >= 2 else { throw .unsupported("an input of shape \(input.shape)") }
        let layer = Linear(weight: .tensor(try scope.matrix(1).transposed()))
        return [.feature(try importer.emit(.linear(layer), [input], as: scope.output))]
    }
}

extension TransposedConvolution {
    /// Pads so that the output has these extents, as ONNX says: what is over is cut off on both sides, the odd cell at the
    /// end where `startsWithLess`, else at the start.
    fileprivate mutating func reach(
        _ sizes: [Int],
        _ input: Feature,
        _ weight: Tensor,
        added: Spatial,
        startsWithLess: Bool
    ) throws(NodeProblem) {
        let sizes = Array(sizes.suffix(spatialRank))
        guard sizes.count == spatialRank, weight.shape.rank == spatialRank + 2 else {
            throw .attributeValue("output_shape", found: "\(sizes)")
        }
        var (begin, end) = (Spatial(repeating: 0), Spatial(repeating: 0))
        for offset in 0..<spatialRank {
            let axis = 3 - spatialRank + offset
            // Beyond these no layer is computed; within them nothing overflows.
            for number in [stride[axis], dilation[axis], added[axis], sizes[offset]]
            where !(0...Window.maximumParameter).contains(number) {
                throw .attributeValue("output_shape", found: "\(sizes)")
            }
            let (last, overflow) = (input.shape[offset + 2] - 1).multipliedReportingOverflow(by: stride[axis])
            let (reach, overflows) = (weight.shape[offset + 2] - 1).multipliedReportingOverflow(by: dilation[axis])
            guard !overflow, !overflows, last < Window.maximumExtent, reach < Window.maximumExtent else {
                throw .attributeValue("output_shape", found: "\(sizes)")
            }
            let total = max(0, last + reach + 1 + added[axis] - sizes[offset])
            begin[axis] = startsWithLess ? total / 2 : total - total / 2
            end[axis] = total - begin[axis]
        }
        padding = .explicit(begin: begin, end: end)
        outputExtent = .size(Spatial(trailing: sizes, neutral: 1))
    }
}

extension NodeScope {
    /// `kernel_shape` may say again what the weight's shape is, and nothing else.
    fileprivate mutating func checkKernel(_ weight: Tensor, _ window: WindowAttributes) throws(NodeProblem) {
        guard weight.shape.rank == window.spatialRank + 2 else {
            throw .tensor(record.inputs[1], .shape(weight.shape.map(Int64.init)))
        }
        guard let kernel = try optionalIntegers("kernel_shape"), kernel != Array(weight.shape.dropFirst(2)) else {
            return
        }
        throw .attributeValue("kernel_shape", found: "\(kernel)")
    }

    /// A constant of two axes.
    fileprivate func matrix(_ index: Int) throws(NodeProblem) -> Tensor {
        let tensor = try tensor(index)
        guard tensor.shape.rank == 2, tensor.shape.elementCount > 0 else {
            throw .unsupported("a product with a constant of shape \(tensor.shape)")
        }
        return tensor
    }
}

extension Tensor {
    /// Rows as columns, of a tensor of two axes.
    fileprivate func transposed() -> Tensor {
        let (rows, columns) = (shape[0], shape[1])
        guard let turned = Shape(checking: [columns, rows]) else { return self }
        return Tensor(shape: turned) { output in
            let elements = self.elements
            for row in 0..<rows {
                for column in 0..<columns {
                    output.initializeElement(at: column * rows + row, to: elements[row * columns + column])
                }
            }
        }
    }

    fileprivate func scaled(by factor: Float) -> Tensor {
        factor == 1 ? self : mapped { $0 * factor }
    }

    /// `function` of every element.
    func mapped(_ function: (Float) -> Float) -> Tensor {
        Tensor(shape: shape) { output in
            let elements = self.elements
            for index in elements.indices { output.initializeElement(at: index, to: function(elements[index])) }
        }
    }

    /// One number for each of the last axis' features, if it is that: [features], or one for all, behind axes of extent 1.
    func asBias(of features: Int) -> Tensor? {
        guard let bias = Shape(checking: [features]) else { return nil }
        if shape.elementCount == features, shape.last == features { return reshaped(bias) }
        guard shape.elementCount == 1, shape.rank <= 2 else { return nil }
        let value = elements[0]
        return Tensor(shape: bias, elements: Array(repeating: value, count: features))
    }
}
