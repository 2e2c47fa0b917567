package import ConvolutionEngine

extension JSONWriter {
    package mutating func tensor(_ tensor: Tensor, encoding: TensorEncoding) {
        // Of no axes: nested in nothing.
        if encoding == .nested, tensor.shape.rank == 0 { return number(tensor.elements[0]) }
        write(.tensor(tensor), tensor.shape, encoding, dtype: "float32") { writer, shape in
            unsafe tensor.withElements { elements in
                unsafe NumberStream.append(elements, nestedAs: shape, to: &writer.bytes)
            }
        }
    }

    /// `"output":[[25,31],[43,49]],"shape":[2,2]`, the first members of an object.
    package mutating func output(_ tensor: Tensor, encoding: TensorEncoding) {
        let shape = tensor.shape
        guard encoding == .nested, postponed == nil, shape.rank > 0, NumberStream.few ~= shape.elementCount else {
            member("output")
            self.tensor(tensor, encoding: encoding)
            member("shape")
            return self.shape(shape)
        }
        // Few numbers, as most small answers have, in one go.
        unsafe tensor.withElements { elements in
            bytes.append(atMost: NumberStream.room(forFew: elements.count, shape) + 21 * shape.rank + 32) { text in
                text.put(all: #""output":"#)
                unsafe NumberStream.putFew(elements, shape, &text)
                text.put(all: #","shape":"#)
                text.put(shape)
            }
        }
        needsComma = true
    }

    /// The elements alone, in one list.
    mutating func elements(_ tensor: Tensor) {
        beginValue()
        guard !postpone(.tensor(tensor), as: .flat, tensor.shape) else { return }
        unsafe tensor.withElements { elements in
            unsafe NumberStream.append(elements, nestedAs: nil, to: &bytes)
        }
    }

    /// As `int64` in base64.
    package mutating func tensor(_ indices: IndexTensor, encoding: TensorEncoding) {
        write(.indices(indices), indices.shape, encoding, dtype: "int64") { writer, shape in
            unsafe indices.values.withUnsafeBufferPointer { elements in
                unsafe NumberStream.append(elements, nestedAs: shape, to: &writer.bytes)
            }
        }
    }

    /// - Parameter numbers: Writes all elements, as arrays inside arrays where it is given a shape.
    private mutating func write(
        _ tensor: NamedTensor,
        _ shape: Shape,
        _ encoding: TensorEncoding,
        dtype: String,
        numbers: (inout JSONWriter, Shape?) -> Void
    ) {
        switch encoding {
        case .nested:
            beginValue()
            if !postpone(tensor, as: .nested, shape) { numbers(&self, shape) }
        case .flat:
            beginObject()
            key("shape")
            self.shape(shape)
            key("data")
            beginValue()
            if !postpone(tensor, as: .flat, shape) { numbers(&self, nil) }
            endObject()
        case .base64:
            binary(tensor, shape, dtype: dtype)
        }
    }

    /// `{"shape":[2,2],"dtype":"float32","data_base64":"…"}`
    private mutating func binary(_ tensor: NamedTensor, _ shape: Shape, dtype: String) {
        beginObject()
        key("shape")
        self.shape(shape)
        key("dtype")
        string(dtype)
        key("data_base64")
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        if !postpone(tensor, as: .base64, shape) {
            TensorContent(tensor: tensor, form: .base64).append(0..<shape.elementCount, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
        endObject()
    }

    /// False where the tensor has to be written now.
    private mutating func postpone(_ tensor: NamedTensor, as form: TensorContent.Form, _ shape: Shape) -> Bool {
        guard postponed != nil, shape.elementCount > 0 else { return false }
        let content = TensorContent(tensor: tensor, form: form)
        postponed?.append(PiecewiseBody.Insert(position: bytes.count, content: content))
        return true
    }
}
