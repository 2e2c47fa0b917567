package import ConvolutionEngine

/// The body of `POST /v1/models/{name}/forward`.
package struct ModelRequest: Sendable {
    package var input: Tensor
    /// The results asked for besides the model's first; `nil` for all those that the model gives.
    package var outputs: [String]?
    package var encoding: TensorEncoding
}

extension ModelRequest {
    /// `tensors` are those that came beside the body: the input, called `input` or the only one.
    package static func decode(
        body: RawSpan,
        tensors: NamedTensors = NamedTensors(),
        limits: CodingLimits = CodingLimits(),
        team: Team? = nil
    ) throws(CodingError) -> ModelRequest {
        try JSONReader.document(body, sharing: team.map { SharedReading(team: $0) }) { reader throws(CodingError) in
            let place = CodingError.Place(offset: reader.position)
            var input: Tensor?
            var outputs: [String]?
            var encoding = TensorEncoding.nested
            try reader.members { reader, key throws(CodingError) in
                switch key.name {
                case .input?: input = try reader.tensor()
                case .outputs?: outputs = try reader.names(limit: limits.parameterEntries)
                case .encoding?:
                    let found = try reader.parameter(limit: limits.parameterEntries) { reader throws(CodingError) in
                        try reader.choice(TensorEncoding.self)
                    }
                    encoding = found ?? .nested
                default:
                    let known = ["input", "outputs", "encoding"]
                    let reason = CodingError.Reason.unknownParameter(reader.text(key), owner: "forward", among: known)
                    throw reader.error(reason, at: reader.position)
                }
            }
            let sent = tensors["input"] ?? (tensors.all.count == 1 ? tensors.all[0].tensor : nil)
            if case .tensor(let tensor)? = sent {
                guard input == nil else { throw CodingError(.duplicateKey("input")).under("input") }
                input = tensor
            }
            guard let input else { throw CodingError(.missing(parameter: "input", owner: "forward"), place: place) }
            if tensors.all.count > 1, let other = tensors.all.first(where: { $0.name != "input" }) {
                throw CodingError(.unusedTensors(other.name, count: tensors.all.count - 1))
            }
            return ModelRequest(input: input, outputs: outputs, encoding: encoding)
        }
    }
}
