package import ConvolutionEngine

/// A tensor that came beside the JSON of a request, under a name.
package enum NamedTensor: Sendable {
    case tensor(Tensor)
    case indices(IndexTensor)
}

/// The tensors of a file, each to be used once or more; none may be left over.
package struct NamedTensors: Sendable {
    package private(set) var all: [(name: String, tensor: NamedTensor)] = []

    package init() {}

    package init(input: Tensor) { all = [("input", .tensor(input))] }

    mutating func append(_ name: String, _ tensor: NamedTensor) { all.append((name, tensor)) }

    subscript(name: String) -> NamedTensor? {
        all.first { entry in entry.name == name }?.tensor
    }
}
