package import ConvolutionEngine

/// A tensor that came beside the JSON of a request, under a name.
package enum NamedTensor: Sendable {
    case tensor(Tensor)
    case indices(IndexTensor)
}

/// The tensors of a file, each to be used once or more; none may be left over.
package struct NamedTensors: Sendable {
    package private(set) var all: [(name: String, tensor: NamedTensor)] = []
    /// Where each stands in `all`; empty where there is only the input.
    private var places: [String: Int] = [:]
    /// Whether a layer takes `{its name}.{parameter}` for what it does not give itself, as PyTorch's `state_dict()` names it.
    var followsLayers = false

    package init() {}

    package init(input: Tensor) { all = [("input", .tensor(input))] }

    mutating func append(_ name: String, _ tensor: NamedTensor) {
        places[name] = all.count
        all.append((name, tensor))
    }

    subscript(name: String) -> NamedTensor? {
        guard !places.isEmpty else { return all.first { entry in entry.name == name }?.tensor }
        return places[name].map { place in all[place].tensor }
    }
}
