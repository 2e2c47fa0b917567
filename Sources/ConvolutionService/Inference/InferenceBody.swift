import ConvolutionEngine
import HTTPTypes
import HTTPWire
import ModelStore
import TensorCoding

/// The body of a request for inference: JSON, JSON and octets, or octets alone.
enum InferenceBody {
    /// 411 and 415: the answers that need no more than the head. Clients send all sorts of types, or none.
    static func check(_ head: RequestHead) throws(Problem) {
        try BodyRules.checkLength(head)
        _ = try BodyRules.contentCodings(head)
    }

    static func request(
        _ body: [UInt8],
        _ head: RequestHead,
        _ model: ModelSummary,
        _ team: Team
    ) throws(Problem) -> InferenceRequest {
        let jsonCount = try jsonCount(head, of: body.count)
        do throws(CodingError) {
            guard jsonCount == 0 else {
                return try InferenceRequest.decode(body: body.span.bytes, jsonCount: jsonCount, team: team)
            }
            let shape = try rawShape(octets: body.count, model)
            guard let input = try Tensor(float32: body.span.bytes, shape: shape) else {
                throw rawSize(body.count, model)
            }
            let wantsJSON = Accept.best(of: types, fields: head.all(.accept)) == types[1]
            return InferenceRequest(input: input, isBinary: !wantsJSON)
        } catch {
            throw Problem(error)
        }
    }

    /// The forms of an answer to octets alone, the better one first.
    private static let types = ["application/octet-stream", "application/json"]

    /// Octets of the JSON, which the tensors' follow; the field counts them once decompressed.
    private static func jsonCount(_ head: RequestHead, of count: Int) throws(Problem) -> Int {
        guard let text = head.fields.first(named: .inferenceHeaderLength) else { return count }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text),
            length <= count
        else {
            throw Problem(
                .badRequest,
                "Inference-Header-Content-Length \"\(text.prefix(40))\" is not a number of 0 to \(count), the body's octets."
            )
        }
        return length
    }

    /// Octets alone are float32 of a batch of 1; one other extent may be open, and follows from their number.
    private static func rawShape(octets: Int, _ model: ModelSummary) throws(CodingError) -> Shape {
        var extents = model.input.shape
        if extents.first == .some(nil), extents.dropFirst().contains(nil) || octets > 0 { extents[0] = 1 }
        let open = extents.indices.filter { extents[$0] == nil }
        let known = extents.reduce(1) { $0.multipliedReportingOverflow(by: $1 ?? 1).partialValue }
        if open.count == 1, known > 0 { extents[open[0]] = octets / 4 / known }
        guard open.count <= 1, let shape = Shape(checking: extents.map { $0 ?? 1 }) else {
            throw rawSize(octets, model)
        }
        return shape
    }

    private static func rawSize(_ octets: Int, _ model: ModelSummary) -> CodingError {
        let shape = model.input.shape.map { $0 ?? 1 }
        let expected = (Shape(checking: shape)?.elementCount ?? 0).multipliedReportingOverflow(by: 4).partialValue
        return CodingError(.byteCount(found: octets, shape: shape, dtype: "FP32", expected: expected))
    }
}

extension HTTPField.Name {
    /// Octets of the JSON before the tensors'.
    static let inferenceHeaderLength = HTTPField.Name.known("Inference-Header-Content-Length")
}
