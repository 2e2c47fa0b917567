package import ConvolutionEngine

/// An ONNX model as layers.
package struct ImportedModel: Sendable {
    package var inputName: String
    /// `nil` for a batch of any number of samples.
    package var inputShape: [Int?]
    package var outputs: [String]
    /// Each after those that it reads.
    package var layers: [Layer]
    package var parameters: Int

    /// The versions of ONNX's own operator set whose meaning is known.
    package static let opsets: ClosedRange<Int64> = 7...25
    /// As many as a network of the server may have.
    static let mostLayers = 4096

    /// Reads an ONNX file.
    ///
    /// - Parameters:
    ///   - inputShape: the input's extents in place of those that the file gives; `nil` for the first leaves it free.
    ///   - external: reads tensors that stand in other files.
    package init(
        onnx file: [UInt8],
        inputShape asked: [Int?]? = nil,
        external: @escaping ExternalReader
    ) throws(ImportError) {
        let model = try ModelRecord(file)
        guard let graph = model.graph else { throw .noGraph }
        guard let opset = model.opsets[""], ImportedModel.opsets.contains(opset) else {
            throw .opset(model.opsets[""], known: ImportedModel.opsets)
        }
        let constants = Set(graph.initializers.map(\.name))
        let inputs = graph.inputs.filter { !constants.contains($0.name) }
        guard inputs.count == 1 else { throw .inputs(inputs.map(\.name)) }
        guard !graph.outputs.isEmpty else { throw .noOutputs }
        let input = try inputs[0].feature(asked)
        let source = TensorRecord.Source(file: file, external: external)
        var importer = GraphImporter(graph, opset: opset, input: input, source: source)
        try importer.add(try graph.orderedNodes())
        let layers = try importer.layers(for: graph.outputs, input: input)
        guard layers.count <= ImportedModel.mostLayers else {
            throw .tooManyLayers(layers.count, limit: ImportedModel.mostLayers)
        }
        self.init(input: input, outputs: graph.outputs.map(\.name), layers: layers)
    }

    private init(input: Feature, outputs: [String], layers: [Layer]) {
        inputName = input.name
        inputShape = input.shape.enumerated().map { axis, extent in axis == 0 && input.hasFreeBatch ? nil : extent }
        self.outputs = outputs
        self.layers = layers
        parameters = layers.flatMap(\.operation.tensors).map(\.tensor.shape.elementCount).reduce(0, &+)
    }
}

extension ValueRecord {
    /// The graph's input.
    fileprivate func feature(_ asked: [Int?]?) throws(ImportError) -> Feature {
        guard type == 1 else { throw .input(name, .elementType(type)) }
        let found = extents.map { $0.map(\.number) }
        if let asked, let found, found.count != asked.count {
            throw .input(name, .otherShape(asked: asked, found: found))
        }
        guard let extents = asked.map({ $0.map { $0.map(Int64.init) } }) ?? found,
            (1...Shape.maximumRank).contains(extents.count)
        else { throw .input(name, .noShape) }
        for (axis, extent) in extents.enumerated() {
            if let extent {
                guard extent >= 1 else { throw .input(name, .extent(axis: axis, extent)) }
            } else if axis > 0 {
                throw .input(name, .free(axis: axis, name: self.extents?[axis].text ?? ""))
            }
        }
        guard let shape = Shape(checking: extents.map { Int($0 ?? 1) }) else { throw .input(name, .overflow) }
        return Feature(name: name, shape: shape, hasFreeBatch: extents[0] == nil)
    }
}

extension ValueRecord.Extent {
    /// `nil` where it is free. Some exporters write a free extent as zero or below.
    fileprivate var number: Int64? {
        guard case .known(let extent) = self, extent > 0 else { return nil }
        return extent
    }

    fileprivate var text: String { if case .free(let name) = self { name } else { "" } }
}
