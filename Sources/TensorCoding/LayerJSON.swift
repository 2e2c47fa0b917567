import ConvolutionEngine

extension JSONReader {
    /// Reads the `layers` of a network: `[{"type": …, "name": …, "inputs": […], …}, …]`.
    mutating func layers(isShapesOnly: Bool, limits: CodingLimits) throws(CodingError) -> [Layer] {
        let found = try nextType()
        let start = position
        guard found == .array else { throw error(.type(found: found, expected: "a list of layers"), at: start) }
        var layers: [Layer] = []
        try open()
        while try nextElement(isFirst: layers.isEmpty) {
            guard layers.count < limits.layers else {
                throw error(.tooMany(of: "layers", limit: limits.layers), at: position)
            }
            do throws(CodingError) {
                layers.append(try layer(isShapesOnly: isShapesOnly, limits: limits))
            } catch {
                throw error.under(layers.count)
            }
        }
        if layers.isEmpty { throw error(.empty(list: "layers"), at: start) }
        return layers
    }

    private mutating func layer(isShapesOnly: Bool, limits: CodingLimits) throws(CodingError) -> Layer {
        skipWhitespace()
        var fields = LayerFields(offset: position)
        try members { reader, key throws(CodingError) in try fields.read(key, &reader, limits: limits) }
        let type = try fields.value(of: .type, in: self) { reader throws(CodingError) in
            try reader.string("the name of an operation")
        }
        let name = try fields.value(of: .name, in: self) { reader throws(CodingError) in try reader.string("a name") }
        let inputs = try fields.value(of: .inputs, in: self) { reader throws(CodingError) in try reader.names() }
        guard let type else { throw error(.missing(parameter: "type", owner: "layer"), at: fields.offset) }
        let specification: OperationSpecification
        do throws(CodingError) {
            specification = try OperationSpecification.lookUp(type)
        } catch {
            throw self.error(error.reason, at: fields.place(of: .type)).under("type")
        }
        if let weights {
            if weights.followsLayers, let name { try fill(&fields, of: specification, from: weights, layer: name) }
            try fields.checkFinite(in: self)
        }
        let parameters = try Parameters(
            fields,
            of: specification,
            isShapesOnly: isShapesOnly,
            others: [.type, .name, .inputs],
            self
        )
        return Layer(try specification.build(parameters), name: name, inputs: inputs ?? [])
    }
}
