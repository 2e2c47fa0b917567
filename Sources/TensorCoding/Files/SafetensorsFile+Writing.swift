import ConvolutionEngine

extension SafetensorsFile {
    /// Appends a file with these tensors, octet for octet as `safetensors.numpy.save` does: indices (I64) before numbers
    /// (F32), each by name.
    package static func append(_ tensors: [(name: String, tensor: NamedTensor)], to output: inout [UInt8]) {
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
        output.reserveCapacity(output.count + 8 + count + end)
        for shift in stride(from: 0, to: 64, by: 8) { output.append(UInt8(truncatingIfNeeded: count >> shift)) }
        output.append(contentsOf: header.bytes)
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
        for (_, tensor) in ordered {
            switch tensor {
            case .tensor(let tensor):
                unsafe tensor.withElements { elements in
                    unsafe output.append(contentsOf: UnsafeRawBufferPointer(elements))
                }
            case .indices(let indices):
                unsafe indices.values.withUnsafeBytes { octets in unsafe output.append(contentsOf: octets) }
            }
        }
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
