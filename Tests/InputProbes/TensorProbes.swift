import ConvolutionEngine
import TensorCoding

/// A refusal knows its place in the body, and what is read is read again from what our writer makes of it.
func brokenJSONClaim(by input: [UInt8]) -> String? {
    let route = String(decoding: input.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let body = Array(input.dropFirst(route.utf8.count + 1))
    do throws(CodingError) {
        switch route {
        case "forward": return brokenRereading(of: try ForwardRequest.decode(body: body.span.bytes).input)
        case "shapes": _ = try ShapesRequest.decode(body: body.span.bytes)
        case "model": _ = try ModelDescription.decode(json: body.span.bytes)
        default:
            return brokenRereading(of: try OperationRequest.decode(operation: route, body: body.span.bytes).input)
        }
    } catch {
        return misplaced(error, count: body.count)
    }
    return nil
}

/// What is read is read again from what our writer makes of it.
func brokenNpyClaim(by input: [UInt8]) -> String? {
    do throws(CodingError) {
        let tensor = try NpyFile.tensor(input.span.bytes)
        let file = NpyFile.body(tensor).whole
        return try NpyFile.tensor(file.span.bytes).isSame(as: tensor) ? nil : "npy read again differs"
    } catch {
        return misplaced(error, count: input.count)
    }
}

/// What is read is read again from what our writer makes of it, and makes a request or an error.
func brokenSafetensorsClaim(by input: [UInt8]) -> String? {
    do throws(CodingError) {
        let (tensors, parameters) = try SafetensorsFile.read(input.span.bytes)
        let file = SafetensorsFile.body(tensors.all).whole
        let again: NamedTensors
        do throws(CodingError) {
            again = try SafetensorsFile.read(file.span.bytes).tensors
        } catch {
            return "safetensors cannot be read again: \(error)"
        }
        let order: (NamedTensors) -> [(name: String, tensor: NamedTensor)] = { $0.all.sorted { $0.name < $1.name } }
        let isSame = order(tensors).elementsEqual(order(again)) { left, right in
            left.name == right.name && left.tensor.isSame(as: right.tensor)
        }
        guard isSame else { return "safetensors read again differ" }
        let body = parameters ?? Array("{}".utf8)
        _ = try ForwardRequest.decode(body: body.span.bytes, tensors: tensors)
        return nil
    } catch {
        return misplaced(error, count: input.count)
    }
}

/// Each part stands between two boundaries, has none in it, and no name is there twice.
func brokenMultipartClaim(by input: [UInt8]) -> String? {
    do throws(CodingError) {
        let parts = try MultipartForm.parts(input.span.bytes, boundary: "b")
        let delimiter = Array("\r\n--b".utf8)
        for (name, range) in parts {
            guard input[range.upperBound...].starts(with: delimiter) else {
                return "\(name) does not end at a boundary"
            }
            guard !input[range].indices.contains(where: { input[$0..<range.upperBound].starts(with: delimiter) }) else {
                return "\(name) has a boundary in it"
            }
        }
        return Set(parts.map(\.name)).count == parts.count ? nil : "a name is there twice"
    } catch {
        return misplaced(error, count: input.count)
    }
}

/// The input comes back from our answer as the same octets, behind as much JSON as is said.
func brokenInferenceClaim(by input: [UInt8]) -> String? {
    let line = input.prefix { $0 != UInt8(ascii: "\n") }
    let body = Array(input.dropFirst(line.count + 1))
    let said = Int(String(decoding: line, as: UTF8.self)) ?? body.count
    let jsonCount = max(0, min(said, body.count))
    do throws(CodingError) {
        let request = try InferenceRequest.decode(body: body.span.bytes, jsonCount: jsonCount)
        let output = InferenceAnswer.Output(name: "y", tensor: request.input, isBinary: true)
        let answer = InferenceAnswer(
            id: request.id,
            model: "m",
            version: "1",
            outputs: [output],
            postponingTensors: true
        )
        let octets = 4 * request.input.shape.elementCount
        guard octets > 0 else { return answer.jsonCount == nil ? nil : "no octets are counted" }
        let bytes = answer.body.whole
        guard let start = answer.jsonCount, bytes.count - start == octets else {
            return "\(octets) octets are not those behind the JSON"
        }
        let numbers = Array(bytes[start...])
        let again = try Tensor(float32: numbers.span.bytes, shape: request.input.shape)
        return again?.isSame(as: request.input) == true ? nil : "the octets read again differ"
    } catch {
        return misplaced(error, count: body.count)
    }
}

func misplaced(_ error: CodingError, count: Int) -> String? {
    guard let offset = error.place?.offset else { return nil }
    return (0...count).contains(offset) ? nil : "\(error.reason) at \(offset) of \(count) octets"
}

private func brokenRereading(of tensor: Tensor) -> String? {
    for encoding in TensorEncoding.allCases {
        // Nested lists cannot say how long the rows of nothing are.
        if encoding == .nested, tensor.shape.elementCount == 0 { continue }
        var writer = JSONWriter()
        writer.tensor(tensor, encoding: encoding)
        do throws(CodingError) {
            guard try Tensor(json: writer.bytes.span.bytes).isSame(as: tensor) else {
                return "\(encoding.rawValue) read again differs"
            }
        } catch {
            return "\(encoding.rawValue) cannot be read again: \(error)"
        }
    }
    return nil
}

extension Tensor {
    /// The same shape and the same numbers, bit for bit but for what NaN carries.
    fileprivate func isSame(as other: Tensor) -> Bool {
        shape == other.shape
            && withElements { left in
                other.withElements { right in
                    zip(left, right).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
                }
            }
    }
}

extension NamedTensor {
    fileprivate func isSame(as other: NamedTensor) -> Bool {
        switch (self, other) {
        case (.tensor(let left), .tensor(let right)): left.isSame(as: right)
        case (.indices(let left), .indices(let right)): left.shape == right.shape && left.values == right.values
        default: false
        }
    }
}
