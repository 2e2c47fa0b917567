package import ConvolutionEngine

/// The body of `POST /v1/shapes`.
package struct ShapesRequest: Sendable {
    package var inputShape: Shape
    /// Layers without numbers: their weights are `unspecified` unless the request sends them all the same.
    package var network: Network
}

extension ShapesRequest {
    package static func decode(
        body: RawSpan,
        limits: CodingLimits = CodingLimits()
    ) throws(CodingError) -> ShapesRequest {
        try JSONReader.document(body) { reader throws(CodingError) in
            let place = CodingError.Place(offset: reader.position)
            var shape: Shape?
            var layers: [Layer]?
            try reader.members { reader, key throws(CodingError) in
                switch key.name {
                case .inputShape?:
                    let extents = try reader.extents()
                    shape = Shape(checking: extents)
                    if shape == nil { throw reader.error(.shapeOverflow(extents), at: reader.position) }
                case .layers?: layers = try reader.layers(isShapesOnly: true, limits: limits)
                default:
                    let known = ["input_shape", "layers"]
                    let reason = CodingError.Reason.unknownParameter(reader.text(key), owner: "shapes", among: known)
                    throw reader.error(reason, at: reader.position)
                }
            }
            guard let shape else {
                throw CodingError(.missing(parameter: "input_shape", owner: "shapes"), place: place)
            }
            guard let layers else { throw CodingError(.missing(parameter: "layers", owner: "shapes"), place: place) }
            return ShapesRequest(inputShape: shape, network: Network(layers: layers))
        }
    }
}
