package import ConvolutionEngine

/// The body of `POST /v1/forward`.
package struct ForwardRequest: Sendable {
    package var input: Tensor
    /// Its `outputs` are the names that the request asks for.
    package var network: Network
    package var encoding: TensorEncoding
}

extension ForwardRequest {
    package static func decode(
        body: RawSpan,
        limits: CodingLimits = CodingLimits()
    ) throws(CodingError) -> ForwardRequest {
        throw CodingError(.syntax(.emptyBody))
    }
}
