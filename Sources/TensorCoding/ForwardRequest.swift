package import ConvolutionEngine

/// The body of `POST /v1/forward`.
package struct ForwardRequest: Sendable {
    package var input: Tensor
    /// Its `outputs` are the names that the request asks for.
    package var network: Network
    package var encoding: TensorEncoding
}

extension ForwardRequest {
    /// `tensors` are those that came beside the body: `input`, and what layers name as `{"tensor": …}`.
    package static func decode(
        body: RawSpan,
        tensors: NamedTensors = NamedTensors(),
        limits: CodingLimits = CodingLimits()
    ) throws(CodingError) -> ForwardRequest {
        try JSONReader.document(body, named: tensors) { reader throws(CodingError) in
            let place = CodingError.Place(offset: reader.position)
            var input: Tensor?
            var layers: [Layer]?
            var outputs: [String] = []
            var encoding = TensorEncoding.nested
            try reader.members { reader, name throws(CodingError) in
                switch name {
                case "input": input = try reader.tensor()
                case "layers": layers = try reader.layers(isShapesOnly: false, limits: limits)
                case "outputs": outputs = try reader.names(limits: limits)
                case "encoding":
                    let value = try reader.parameterValue(limit: limits.parameterEntries)
                    if value.type != .null { encoding = try value.choice(TensorEncoding.self) }
                default:
                    let known = ["input", "layers", "outputs", "encoding"]
                    throw reader.error(.unknownParameter(name, owner: "forward", among: known), at: reader.position)
                }
            }
            if case .tensor(let tensor)? = tensors["input"] {
                guard input == nil else { throw CodingError(.duplicateKey("input")).under("input") }
                input = tensor
            }
            guard let input else { throw CodingError(.missing(parameter: "input", owner: "forward"), place: place) }
            guard let layers else { throw CodingError(.missing(parameter: "layers", owner: "forward"), place: place) }
            var network = Network(layers: layers)
            network.outputs = outputs
            return ForwardRequest(input: input, network: network, encoding: encoding)
        }
    }
}

extension JSONReader {
    /// A list of names, or null for none.
    mutating func names(limits: CodingLimits) throws(CodingError) -> [String] {
        let value = try parameterValue(limit: limits.parameterEntries)
        if value.type == .null { return [] }
        return try value.list("a list of names") { value throws(CodingError) in try value.string("a name") }
    }
}
