package import ConvolutionEngine

/// The body of `POST /v1/{operation}`.
package struct OperationRequest: Sendable {
    package var input: Tensor
    package var operation: Operation
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
        try decode(
            try OperationSpecification.lookUp(operation),
            body: body,
            tensors: tensors,
            limits: limits,
            team: team
        )
    }

    /// The same for an operation that has been looked up.
    package static func decode(
        _ specification: OperationSpecification,
        body: RawSpan,
        tensors: NamedTensors = NamedTensors(),
        limits: CodingLimits = CodingLimits(),
        team: Team? = nil
    ) throws(CodingError) -> OperationRequest {
        let name = specification.name
        guard !specification.isLayerOnly else { throw CodingError(.layerOnly(operation: name)) }
        return try JSONReader.document(body, named: tensors, sharing: team.map { SharedReading(team: $0) }) {
            reader throws(CodingError) in
            var given = Parameters(reader)
            try reader.members { reader, key throws(CodingError) in try given.read(key, &reader, limits: limits) }
            for (key, tensor) in tensors.all { try given.add(key, tensor) }
            let encoding = try given.optional(.encoding) { reader throws(CodingError) in
                try reader.choice(TensorEncoding.self)
            }
            guard let input = try given.takeInput() else {
                throw reader.error(.missing(parameter: "input", owner: name), at: given.offset)
            }
            try given.check(for: specification, isShapesOnly: false, others: [.input, .encoding])
            let operation = try specification.build(given)
            return OperationRequest(input: input, operation: operation, encoding: encoding ?? .nested)
        }
    }
}

extension Parameters {
    /// `nil` only when the key is not there: an input of null is an error.
    @_lifetime(self: copy self)
    fileprivate mutating func takeInput() throws(CodingError) -> Tensor? {
        guard names.contains(.input) else { return nil }
        if let tensor = takeInputTensor() { return tensor }
        if let tensor = try tensor(.input) { return tensor }
        throw CodingError(
            .type(found: .null, expected: JSONReader.aTensor),
            place: CodingError.Place(offset: place(of: .input))
        ).under("input")
    }
}
