package import ConvolutionEngine

/// The body of `POST /v1/forward`.
package struct ForwardRequest: Sendable {
    package var input: Tensor
    /// Its `outputs` are the names that the request asks for.
    package var network: Network
    package var encoding: TensorEncoding
}

extension ForwardRequest {
    /// `tensors` are those that came beside the body: `input`, and what layers name as `{"tensor": …}`; each must be used.
    package static func decode(
        body: RawSpan,
        tensors: NamedTensors = NamedTensors(),
        limits: CodingLimits = CodingLimits(),
        team: Team? = nil
    ) throws(CodingError) -> ForwardRequest {
        try JSONReader.document(body, named: tensors, sharing: team.map { SharedReading(team: $0) }) {
            reader throws(CodingError) in
            let place = CodingError.Place(offset: reader.position)
            let uses = TensorUses()
            reader.uses = uses
            var input: Tensor?
            var layers: [Layer]?
            var outputs: [String] = []
            var encoding = TensorEncoding.nested
            try reader.members { reader, key throws(CodingError) in
                switch key.name {
                case .input?: input = try reader.tensor()
                case .layers?: layers = try reader.layers(isShapesOnly: false, limits: limits)
                case .outputs?: outputs = try reader.names(limit: limits.parameterEntries) ?? []
                case .encoding?:
                    let found = try reader.parameter(limit: limits.parameterEntries) { reader throws(CodingError) in
                        try reader.choice(TensorEncoding.self)
                    }
                    encoding = found ?? .nested
                default:
                    let known = ["input", "layers", "outputs", "encoding"]
                    let reason = CodingError.Reason.unknownParameter(reader.text(key), owner: "forward", among: known)
                    throw reader.error(reason, at: reader.position)
                }
            }
            if case .tensor(let tensor)? = tensors["input"] {
                guard input == nil else { throw CodingError(.duplicateKey("input")).under("input") }
                input = tensor
            }
            guard let input else { throw CodingError(.missing(parameter: "input", owner: "forward"), place: place) }
            guard let layers else { throw CodingError(.missing(parameter: "layers", owner: "forward"), place: place) }
            try uses.checkAll(of: tensors)
            var network = Network(layers: layers)
            network.outputs = outputs
            return ForwardRequest(input: input, network: network, encoding: encoding)
        }
    }
}

extension JSONReader {
    /// A list of names, `nil` for null.
    mutating func names(limit: Int) throws(CodingError) -> [String]? {
        try parameter(limit: limit) { reader throws(CodingError) in try reader.names() }
    }
}
