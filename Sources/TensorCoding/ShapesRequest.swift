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
        throw CodingError(.syntax(.emptyBody))
    }
}
