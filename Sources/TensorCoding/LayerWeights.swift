import ConvolutionEngine

extension JSONReader {
    /// Takes the tensors that a layer does not give itself from the file, by the names that PyTorch's `state_dict()` gives.
    mutating func fill(
        _ fields: inout LayerFields,
        of specification: OperationSpecification,
        layer: String
    ) throws(CodingError) {
        for parameter in specification.parameters where parameter.kind == .tensor && fields[parameter.name] == nil {
            let name = "\(layer).\(parameter.name)"
            if let tensor = named[name] {
                used.insert(name)
                try fields.add(parameter.name, tensor)
            } else if parameter.presence == .required || parameter.presence == .requiredForNumbers,
                fields["kernel"] == nil
            {
                throw error(.noTensor(name, nearest: nil), at: fields.offset).under(parameter.name)
            }
        }
    }

    /// Throws when a tensor of the file was asked for by nobody. Counters that PyTorch's normalisations keep for training do
    /// not matter.
    func checkAllUsed() throws(CodingError) {
        let unused = named.all.filter { !used.contains($0.name) && !$0.name.hasSuffix(".num_batches_tracked") }
        if let first = unused.first { throw CodingError(.unusedTensors(first.name, count: unused.count)) }
    }
}

extension LayerFields {
    /// Throws at the first tensor with an element that is NaN or infinite.
    func checkFinite() throws(CodingError) {
        for field in all {
            guard case .tensor(let tensor) = field.content, let index = tensor.firstNonfinite else { continue }
            throw field.error(.notFinite(index: index))
        }
    }
}
