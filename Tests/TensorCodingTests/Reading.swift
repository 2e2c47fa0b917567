import ConvolutionEngine
import TensorCoding

/// What reading gave: the value, or the error.
func outcome<Value>(_ read: () throws(CodingError) -> Value) -> Result<Value, CodingError> {
    do throws(CodingError) {
        return .success(try read())
    } catch {
        return .failure(error)
    }
}

func readTensor(_ body: [UInt8]) -> Result<Tensor, CodingError> {
    outcome { () throws(CodingError) in try Tensor(json: body.span.bytes) }
}

func readTensor(_ text: String) -> Result<Tensor, CodingError> { readTensor(Array(text.utf8)) }

func readOperation(_ operation: String, _ text: String) -> Result<OperationRequest, CodingError> {
    let body = Array(text.utf8)
    return outcome { () throws(CodingError) in
        try OperationRequest.decode(operation: operation, body: body.span.bytes)
    }
}

func readForward(_ text: String) -> Result<ForwardRequest, CodingError> {
    let body = Array(text.utf8)
    return outcome { () throws(CodingError) in try ForwardRequest.decode(body: body.span.bytes) }
}

func readShapes(_ text: String) -> Result<ShapesRequest, CodingError> {
    let body = Array(text.utf8)
    return outcome { () throws(CodingError) in try ShapesRequest.decode(body: body.span.bytes) }
}

extension Result where Failure == CodingError {
    /// The error, `nil` when there was none.
    var error: CodingError? {
        if case .failure(let error) = self { error } else { nil }
    }
}

extension Tensor {
    var array: [Float] { withElements { elements in Array(elements) } }
}
