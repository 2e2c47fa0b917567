/// A reader of strangers' bytes and what holds of it for any input at all. The fuzzer looks for an input that breaks a
/// claim or ends the process; the tests replay those that are kept.
package enum Probe: String, CaseIterable, Sendable {
    /// `HTTPWire.Connection`.
    case wire
    /// The JSON readers. The first line names the route (`conv2d`, `forward`, `shapes`, `model`), the rest is the body.
    case json
    /// `NpyFile`.
    case npy
    /// `SafetensorsFile`, and a forward request whose tensors it gives.
    case safetensors
    /// `MultipartForm`, with the boundary `b`.
    case multipart
    /// `InferenceRequest`. The first line counts the octets of the JSON, the rest is the body.
    case inference
    /// `Inflater`, with gzip and with deflate.
    case gzip
    /// Validating, planning and running a layer that the octets choose.
    case layer
    /// `ImportedModel`.
    case onnx

    /// The claim that this input breaks; `nil` when all hold.
    package func brokenClaim(by input: [UInt8]) -> String? {
        switch self {
        case .wire: brokenWireClaim(by: input)
        case .json: brokenJSONClaim(by: input)
        case .npy: brokenNpyClaim(by: input)
        case .safetensors: brokenSafetensorsClaim(by: input)
        case .multipart: brokenMultipartClaim(by: input)
        case .inference: brokenInferenceClaim(by: input)
        case .gzip: brokenInflaterClaim(by: input)
        case .layer: brokenLayerClaim(by: input)
        case .onnx: brokenImportClaim(by: input)
        }
    }
}
