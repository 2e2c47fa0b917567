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

/// Which tensors of a file a network has named so far.
final class TensorUses {
    private var names: Set<String> = []

    func note(_ name: String) { names.insert(name) }

    /// Throws when one of a file's tensors, but for its input, was named by nobody.
    func checkAll(of tensors: NamedTensors) throws(CodingError) {
        let left = tensors.all.filter { $0.name != "input" && !names.contains($0.name) }
        if let first = left.first { throw CodingError(.unusedTensors(first.name, count: left.count)) }
    }
}
