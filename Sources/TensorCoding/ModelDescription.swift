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
        let followsLayers = try tensors.all.isEmpty ? false : followsLayers(json)
        let weights = ModelWeights(tensors, followsLayers: followsLayers)
        return try JSONReader.document(json) { reader throws(CodingError) in
            let place = CodingError.Place(offset: reader.position)
            func missing(_ name: String) -> CodingError {
                CodingError(.missing(parameter: name, owner: "model"), place: place)
            }
            reader.weights = weights
            var shape: [Int?]?
            var layers: [Layer]?
            var inputName: String?
            var outputs: [String] = []
            try reader.members { reader, key throws(CodingError) in
                let name = reader.text(key)
                switch name {
                case "input_shape": shape = try reader.openShape()
                case "layers": layers = try reader.layers(isShapesOnly: false, limits: limits)
                case "input_name":
                    inputName = try reader.parameter(limit: 1) { reader throws(CodingError) in
                        try reader.string("a name")
                    }
                case "outputs": outputs = try reader.names(limit: limits.parameterEntries) ?? []
                case "weights":
                    _ = try reader.parameter(limit: 1) { reader throws(CodingError) in
                        try reader.choice(WeightNames.self)
                    }
                default:
                    let known = ["input_shape", "layers", "input_name", "outputs", "weights"]
                    throw reader.error(.unknownParameter(name, owner: "model", among: known), at: reader.position)
                }
            }
            guard let shape else { throw missing("input_shape") }
            guard let layers else { throw missing("layers") }
            try weights.checkAllTaken()
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
    /// `[null,3,224,224]`
    fileprivate mutating func openShape() throws(CodingError) -> [Int?] {
        skipWhitespace()
        let start = position
        var extents: [Int?] = []
        try list("a list of extents, null where any will do") { reader, index throws(CodingError) in
            guard index < Shape.maximumRank else {
                throw reader.error(.tooManyAxes(limit: Shape.maximumRank), at: start)
            }
            guard try reader.nextType() != .null else {
                try reader.null()
                return extents.append(nil)
            }
            let place = reader.position
            let extent = try reader.integer()
            guard extent >= 1 else { throw reader.error(.belowMinimum(number: "\(extent)", minimum: 1), at: place) }
            extents.append(extent)
        }
        guard !extents.isEmpty else { throw error(.noAxes, at: start) }
        guard Shape(checking: extents.map { $0 ?? 1 }) != nil else {
            throw error(.shapeOverflow(extents.map { $0 ?? 1 }), at: start)
        }
        return extents
    }
}
