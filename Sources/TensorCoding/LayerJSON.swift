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
        try members { reader, name throws(CodingError) in try fields.read(name, &reader, limits: limits) }
        let type = try fields.remove(string: "type", "the name of an operation")
        let name = try fields.remove(string: "name", "a name")
        let inputs = try fields.removeInputs()
        guard let type else {
            let place = CodingError.Place(offset: fields.offset)
            throw CodingError(.missing(parameter: "type", owner: "layer"), place: place)
        }
        let specification: OperationSpecification
        do throws(CodingError) {
            specification = try OperationSpecification.lookUp(type.text)
        } catch {
            throw CodingError(error.reason, place: CodingError.Place(offset: type.offset)).under("type")
        }
        if named.followsLayers, let name { try fill(&fields, of: specification, layer: name.text) }
        if demandsFinite { try fields.checkFinite() }
        let parameters = try Parameters(
            fields,
            of: specification,
            isShapesOnly: isShapesOnly,
            others: ["type", "name", "inputs"]
        )
        return Layer(try specification.build(parameters), name: name?.text, inputs: inputs)
    }
}

extension LayerFields {
    /// A member that is text, taken out; `nil` when it is not there or null.
    mutating func remove(string name: String, _ expected: String) throws(CodingError) -> (text: String, offset: Int)? {
        guard let field = remove(name), field.value.type != .null else { return nil }
        do throws(CodingError) {
            return (try field.value.string(expected), field.offset)
        } catch {
            throw error.under(name)
        }
    }

    /// The names that a layer reads; empty when it reads the one before it.
    fileprivate mutating func removeInputs() throws(CodingError) -> [String] {
        guard let field = remove("inputs"), field.value.type != .null else { return [] }
        do throws(CodingError) {
            return try field.value.list("a list of names") { value throws(CodingError) in try value.string("a name") }
        } catch {
            throw error.under("inputs")
        }
    }
}
