import ConvolutionEngine

extension SafetensorsFile {
    /// A file with these tensors, octet for octet as `safetensors.numpy.save` writes it: indices (I64) before numbers
    /// (F32), each by name.
    package static func body(_ tensors: [(name: String, tensor: NamedTensor)]) -> PiecewiseBody {
        let ordered = tensors.sorted { left, right in
            switch (left.tensor, right.tensor) {
            case (.indices, .tensor): true
            case (.tensor, .indices): false
            default: left.name < right.name
            }
        }
        var header = JSONWriter()
        header.beginObject()
        var end = 0
        for (name, tensor) in ordered {
            let (shape, type, size) = tensor.description
            header.key(name)
            header.beginObject()
            header.key("dtype")
            header.string(type)
            header.key("shape")
            header.shape(shape)
            header.key("data_offsets")
            header.beginArray()
            header.integer(end)
            end += shape.elementCount * size
            header.integer(end)
            header.endArray()
            header.endObject()
        }
        header.endObject()
        // The data begin at a multiple of eight.
        let padding = (8 - header.bytes.count % 8) % 8
        let count = header.bytes.count + padding
        var text = stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: count >> $0) }
        text += header.bytes
        text += repeatElement(UInt8(ascii: " "), count: padding)
        let contents = ordered.map { TensorContent(tensor: $0.tensor, form: .octets) }.filter { $0.elementCount > 0 }
        return PiecewiseBody(
            text: text,
            inserts: contents.map { PiecewiseBody.Insert(position: text.count, content: $0) }
        )
    }
}

extension NamedTensor {
    fileprivate var description: (Shape, type: String, size: Int) {
        switch self {
        case .tensor(let tensor): (tensor.shape, "F32", 4)
        case .indices(let indices): (indices.shape, "I64", 8)
        }
    }
}
