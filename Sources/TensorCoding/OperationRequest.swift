package import ConvolutionEngine

/// The body of `POST /v1/{operation}`.
package struct OperationRequest: Sendable {
    package var input: Tensor
    package var layer: Layer
    package var encoding: TensorEncoding
}

extension OperationRequest {
    /// Reads the body of a request for one operation, named as in the path (`conv2d`).
    package static func decode(
        operation: String,
        body: RawSpan,
        limits: CodingLimits = CodingLimits()
    ) throws(CodingError) -> OperationRequest {
        throw CodingError(.unknownOperation(operation, nearest: nil))
    }
}
