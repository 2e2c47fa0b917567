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
        limits: CodingLimits = CodingLimits()
    ) throws(CodingError) -> OperationRequest {
        let specification = try OperationSpecification.lookUp(operation)
        guard !specification.isLayerOnly else { throw CodingError(.layerOnly(operation: operation)) }
        return try JSONReader.document(body, named: tensors) { reader throws(CodingError) in
            var fields = LayerFields(offset: reader.position)
            try reader.members { reader, name throws(CodingError) in try fields.read(name, &reader, limits: limits) }
            for (name, tensor) in tensors.all { try fields.add(name, tensor) }
            let encoding = try fields.removeEncoding()
            let input = try fields.removeInput(owner: operation)
            let parameters = try Parameters(
                fields,
                of: specification,
                isShapesOnly: false,
                others: ["input", "encoding"]
            )
            return OperationRequest(
                input: input,
                layer: Layer(try specification.build(parameters)),
                encoding: encoding
            )
        }
    }
}

extension LayerFields {
    mutating func removeEncoding() throws(CodingError) -> TensorEncoding {
        guard let field = remove("encoding"), field.value.type != .null else { return .nested }
        do throws(CodingError) {
            return try field.value.choice(TensorEncoding.self)
        } catch {
            throw error.under("encoding")
        }
    }

    mutating func removeInput(owner: String) throws(CodingError) -> Tensor {
        guard let field = remove("input") else {
            let place = CodingError.Place(offset: offset)
            throw CodingError(.missing(parameter: "input", owner: owner), place: place)
        }
        guard case .tensor(let input) = field.content else { throw field.tensorError() }
        return input
    }
}
