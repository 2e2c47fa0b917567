import ConvolutionEngine

/// The tensors of a model's file, and which of them its layers have taken so far.
final class ModelWeights {
    /// Whether a layer takes `{its name}.{parameter}` for what it does not give itself, as PyTorch's `state_dict()` names it.
    let followsLayers: Bool
    let names: [String]
    private let tensors: [String: NamedTensor]
    private var taken: Set<String> = []

    init(_ tensors: NamedTensors, followsLayers: Bool) {
        self.followsLayers = followsLayers
        names = tensors.all.map(\.name)
        self.tensors = Dictionary(tensors.all.map { ($0.name, $0.tensor) }) { first, _ in first }
    }

    func take(_ name: String) -> NamedTensor? {
        guard let tensor = tensors[name] else { return nil }
        taken.insert(name)
        return tensor
    }

    /// Throws when a tensor of the file was taken by nobody. Counters that PyTorch's normalisations keep for training do
    /// not matter.
    func checkAllTaken() throws(CodingError) {
        let left = names.filter { !taken.contains($0) && !$0.hasSuffix(".num_batches_tracked") }
        if let first = left.first { throw CodingError(.unusedTensors(first, count: left.count)) }
    }
}

extension JSONReader {
    /// Takes the tensors that a layer does not give itself from the file, by the names that PyTorch's `state_dict()` gives.
    func fill(
        _ fields: inout LayerFields,
        of specification: OperationSpecification,
        from weights: ModelWeights,
        layer: String
    ) throws(CodingError) {
        for parameter in specification.parameters
        where parameter.kind == .tensor && !fields.names.contains(parameter.member) {
            let name = "\(layer).\(parameter.name)"
            if let tensor = weights.take(name) {
                try fields.add(parameter.name, tensor)
            } else if parameter.presence == .required || parameter.presence == .requiredForNumbers,
                !fields.names.contains(.kernel)
            {
                throw error(.noTensor(name, nearest: nil), at: fields.offset).under(parameter.name)
            }
        }
    }
}
