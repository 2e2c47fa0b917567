package import ConvolutionEngine

/// The body of `POST /v1/{operation}`.
package struct OperationRequest: Sendable {
    package var input: Tensor
    package var layer: Layer
    package var encoding: TensorEncoding
}

extension OperationRequest {
    /// Reads the body of a request for one operation, named as in the path (`conv2d`). `tensors` are parameters that came
    /// beside it, by name.
    package static func decode(
        operation: String,
        body: RawSpan,
        tensors: NamedTensors = NamedTensors(),
        limits: CodingLimits = CodingLimits(),
        team: Team? = nil
    ) throws(CodingError) -> OperationRequest {
        let specification = try OperationSpecification.lookUp(operation)
        guard !specification.isLayerOnly else { throw CodingError(.layerOnly(operation: operation)) }
        return try JSONReader.document(body, named: tensors, sharing: team.map { SharedReading(team: $0) }) {
            reader throws(CodingError) in
            var fields = LayerFields(offset: reader.position)
            try reader.members { reader, key throws(CodingError) in try fields.read(key, &reader, limits: limits) }
            for (name, tensor) in tensors.all { try fields.add(name, tensor) }
            let encoding = try fields.value(of: .encoding, in: reader) { reader throws(CodingError) in
                try reader.choice(TensorEncoding.self)
            }
            guard let input = try fields.input(in: reader) else {
                throw reader.error(.missing(parameter: "input", owner: operation), at: fields.offset)
            }
            let parameters = try Parameters(
                fields,
                of: specification,
                isShapesOnly: false,
                others: [.input, .encoding],
                reader
            )
            let layer = Layer(try specification.build(parameters))
            return OperationRequest(input: input, layer: layer, encoding: encoding ?? .nested)
        }
    }
}

extension LayerFields {
    /// `nil` only when the key is not there: an input of null is an error.
    fileprivate func input(in reader: borrowing JSONReader) throws(CodingError) -> Tensor? {
        guard names.contains(.input) else { return nil }
        if let tensor = try tensor(.input, in: reader) { return tensor }
        throw reader.error(.type(found: .null, expected: JSONReader.aTensor), at: place(of: .input)).under("input")
    }
}
