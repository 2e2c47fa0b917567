package import ConvolutionEngine

/// A model as it is sent and kept: its layers with their weights, and what goes in and comes out.
package struct ModelDescription: Sendable {
    /// The extents of the input; `nil` where any will do.
    package var inputShape: [Int?]
    /// Its `outputs` are the layers whose results are answered; empty for the last one alone.
    package var network: Network
}

extension ModelDescription {
    /// Reads `model.json`. `tensors` are those of the file beside it; each must be used, and every weight must be finite.
    package static func decode(
        json: RawSpan,
        tensors: NamedTensors = NamedTensors(),
        limits: CodingLimits = CodingLimits()
    ) throws(CodingError) -> ModelDescription {
        var tensors = tensors
        if !tensors.all.isEmpty { tensors.followsLayers = try followsLayers(json) }
        return try JSONReader.document(json, named: tensors) { reader throws(CodingError) in
            let place = CodingError.Place(offset: reader.position)
            func missing(_ name: String) -> CodingError {
                CodingError(.missing(parameter: name, owner: "model"), place: place)
            }
            reader.demandsFinite = true
            var shape: [Int?]?
            var layers: [Layer]?
            var inputName: String?
            var outputs: [String] = []
            try reader.members { reader, name throws(CodingError) in
                switch name {
                case "input_shape": shape = try reader.openShape()
                case "layers": layers = try reader.layers(isShapesOnly: false, limits: limits)
                case "input_name": inputName = try reader.optionalString("a name")
                case "outputs": outputs = try reader.names(limits: limits)
                case "weights": _ = try reader.weightNames()
                default:
                    let known = ["input_shape", "layers", "input_name", "outputs", "weights"]
                    throw reader.error(.unknownParameter(name, owner: "model", among: known), at: reader.position)
                }
            }
            guard let shape else { throw missing("input_shape") }
            guard let layers else { throw missing("layers") }
            try reader.checkAllUsed()
            var network = Network(layers: layers)
            network.inputName = inputName ?? network.inputName
            network.outputs = outputs
            return ModelDescription(inputShape: shape, network: network)
        }
    }

    /// Asked beforehand: `weights` may come after the layers.
    private static func followsLayers(_ json: RawSpan) throws(CodingError) -> Bool {
        guard let range = try jsonRange(ofMember: "weights", in: json) else { return false }
        let value = json.extracting(range)
        return try JSONReader.document(value) { reader throws(CodingError) in
            // What is wrong with it is said where it stands.
            guard try reader.nextType() == .string else {
                try reader.skipValue()
                return false
            }
            return reader.text(try reader.string()) == WeightNames.pytorch.rawValue
        }
    }
}

/// How the tensors of the file are named.
private enum WeightNames: String, CaseIterable {
    /// By layer and parameter, as `state_dict()` does.
    case pytorch
}

extension JSONReader {
    fileprivate mutating func weightNames() throws(CodingError) -> WeightNames? {
        let value = try parameterValue(limit: 1)
        return value.type == .null ? nil : try value.choice(WeightNames.self)
    }

    fileprivate mutating func optionalString(_ expected: String) throws(CodingError) -> String? {
        let value = try parameterValue(limit: 1)
        return value.type == .null ? nil : try value.string(expected)
    }

    /// `[null,3,224,224]`
    fileprivate mutating func openShape() throws(CodingError) -> [Int?] {
        let value = try parameterValue(limit: CodingLimits().parameterEntries)
        let extents = try value.list("a list of extents, null where any will do") { value throws(CodingError) -> Int? in
            if value.type == .null { return nil }
            let extent = try value.integer()
            guard extent >= 1 else { throw value.error(.belowMinimum(number: "\(extent)", minimum: 1)) }
            return extent
        }
        guard !extents.isEmpty else { throw value.error(.noAxes) }
        guard extents.count <= Shape.maximumRank else { throw value.error(.tooManyAxes(limit: Shape.maximumRank)) }
        guard Shape(checking: extents.map { $0 ?? 1 }) != nil else {
            throw value.error(.shapeOverflow(extents.map { $0 ?? 1 }))
        }
        return extents
    }
}
