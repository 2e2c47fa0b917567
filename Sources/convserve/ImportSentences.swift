import ConvolutionService
import ONNXImport

/// The sentences for people about a model that cannot be imported.
extension ImportError {
    /// One, or one for each node that is to blame.
    var lines: [String] {
        switch self {
        case .nodes(let faults): return faults.map(\.sentence)
        case .encoding(let fault, let offset):
            return ["this is not a whole ONNX file: \(fault.phrase) (byte \(offset))"]
        case .noGraph: return ["this is not an ONNX file: there is no graph in it"]
        case .opset(nil, let known):
            return [
                "the file does not say which version of ONNX's operators it uses; versions \(known.phrase) are known"
            ]
        case .opset(let found?, let known):
            return ["it uses version \(found) of ONNX's operators; versions \(known.phrase) are known"]
        case .inputs(let names):
            return ["the graph has \(names.count) inputs\(list(names)), but a served model has one"]
        case .input(let name, let fault): return ["the input \"\(name)\" \(fault.phrase)"]
        case .noOutputs: return ["the graph has no outputs"]
        case .output(let name, .unknown): return ["the output \"\(name)\" is not made by any node"]
        case .output(let name, .constant): return ["the output \"\(name)\" does not depend on the input"]
        case .madeTwice(let name): return ["\"\(name)\" is made twice"]
        case .cycle(let names): return ["the graph has a cycle\(list(names)): each waits for the next"]
        case .tooManyLayers(let count, let limit):
            return ["it has \(count) layers, more than the \(limit) that a network may"]
        }
    }
}

extension NodeFault {
    fileprivate var sentence: String { "node \"\(node)\" (\(operation)): \(problem.phrase)" }
}

extension NodeProblem {
    fileprivate var phrase: String {
        switch self {
        case .unknownOperator: "no layer does what this operator does"
        case .unsupported(let what): "it is not computed with \(what)"
        case .missingInput(let index): "input \(index) is missing"
        case .undefined(let name): "\"\(name)\" is no input, no constant and no node's output"
        case .notConstant(let name): "\"\(name)\" must be a constant"
        case .constant(let name): "\"\(name)\" is a constant, but must be computed from the input"
        case .missingAttribute(let name): "the attribute \(name) is missing"
        case .attributeType(let name): "the attribute \(name) has another type than it should"
        case .attributeValue(let name, let found): "the attribute \(name) cannot be \(found)"
        case .unknownAttribute(let name): "the attribute \(name) is not known"
        case .tensor(let name, let fault): name.isEmpty ? fault.phrase : "\"\(name)\" \(fault.phrase)"
        case .fixesBatch:
            "it ties the result to one number of samples, but the input has any: give the number by --input-shape"
        case .engine(let error): String(error.sentence.dropLast(error.sentence.hasSuffix(".") ? 1 : 0))
        }
    }
}

extension TensorFault {
    fileprivate var phrase: String {
        switch self {
        case .elementType(let type): "has elements of type \(elementTypeName(type)), which cannot be used here"
        case .shape(let extents): "has the shape \(extents), which is none"
        case .count(let found, let expected): "has \(found) elements or bytes where its shape takes \(expected)"
        case .element(let error): "cannot be read: \(error.sentence)"
        case .notFinite(let index): "is NaN or infinite at element \(index)"
        case .external(let fault): fault.phrase
        case .tooLarge: "constants would be folded into more elements than any model has"
        }
    }
}

extension ExternalFault {
    fileprivate var phrase: String {
        switch self {
        case .outside(let location): "is in the file \"\(location)\", which is not in the model's own folder"
        case .unreadable(let location, let reason): "is in the file \"\(location)\", which cannot be read: \(reason)"
        case .cutOff(let location, let needed, let found):
            "is in the file \"\(location)\", which has \(found) bytes where \(needed) are needed"
        }
    }
}

extension InputFault {
    fileprivate var phrase: String {
        switch self {
        case .elementType(nil): "is no tensor"
        case .elementType(let type?): "has elements of type \(elementTypeName(type)); only float32 is computed"
        case .noShape: "has no shape of 1 to 8 axes: give it by --input-shape"
        case .free(let axis, let name):
            "has any extent\(name.isEmpty ? "" : " \"\(name)\"") along axis \(axis), but only the first may be free: "
                + "give the extents by --input-shape"
        case .extent(let axis, let extent): "has an extent of \(extent) along axis \(axis)"
        case .otherShape(let asked, let found): "has \(found.count) axes, but --input-shape gives \(asked.count)"
        case .overflow: "has more elements than 64 bits can count"
        }
    }
}

extension EncodingFault {
    fileprivate var phrase: String {
        switch self {
        case .cutOff(let needed, let found): "\(needed) bytes are announced, but \(found) follow"
        case .varint: "a number has more than 64 bits"
        case .fieldNumber(let number): "\(number) is no field's number"
        case .wireType(let type): "\(type) is no type of a field"
        case .fieldType(let number): "field \(number) has another type than it should"
        case .text: "a name is not UTF-8"
        case .attributeTwice(let name): "the attribute \(name) is given twice"
        case .externalNumber(let key, let value): "\(key) of external data is \"\(value)\", not a number"
        case .tooManyParts(let limit): "it has more than \(limit) parts"
        }
    }
}

/// By ONNX's numbers.
private func elementTypeName(_ type: Int64) -> String {
    let names = [
        "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16",
        "float64",
        "uint32", "uint64", "complex64", "complex128", "bfloat16",
    ]
    return names.indices.contains(Int(type)) ? names[Int(type)] : "number \(type)"
}

extension ClosedRange<Int64> {
    fileprivate var phrase: String { "\(lowerBound) to \(upperBound)" }
}

/// ` ("a", "b")`, cut where it is long.
private func list(_ names: [String]) -> String {
    guard !names.isEmpty else { return "" }
    let shown = names.prefix(8).map { "\"\($0)\"" } + (names.count > 8 ? ["…"] : [])
    return " (\(shown.joined(separator: ", ")))"
}
