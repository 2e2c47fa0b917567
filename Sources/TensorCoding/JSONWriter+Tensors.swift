package import ConvolutionEngine

extension JSONWriter {
    package mutating func tensor(_ tensor: Tensor, encoding: TensorEncoding) {
        unsafe tensor.withElements { elements in
            unsafe write(tensor.shape, elements, encoding, dtype: "float32")
        }
    }

    /// As `int64` in base64.
    package mutating func tensor(_ indices: IndexTensor, encoding: TensorEncoding) {
        unsafe indices.values.withUnsafeBufferPointer { values in
            unsafe write(indices.shape, values, encoding, dtype: "int64")
        }
    }

    /// The elements alone, in one list.
    mutating func inferenceData(_ tensor: Tensor) {
        beginValue()
        unsafe tensor.withElements { elements in unsafe numbers(elements, nestedAs: nil) }
    }

    private mutating func write<Element: NumberStreamElement>(
        _ shape: Shape,
        _ elements: UnsafeBufferPointer<Element>,
        _ encoding: TensorEncoding,
        dtype: String
    ) {
        switch encoding {
        case .nested:
            beginValue()
            unsafe numbers(elements, nestedAs: shape)
        case .flat:
            beginObject()
            key("shape")
            self.shape(shape)
            key("data")
            beginValue()
            unsafe numbers(elements, nestedAs: nil)
            endObject()
        case .base64:
            unsafe binary(shape, dtype: dtype, UnsafeRawBufferPointer(elements))
        }
    }

    private mutating func numbers<Element: NumberStreamElement>(
        _ elements: UnsafeBufferPointer<Element>,
        nestedAs shape: Shape?
    ) {
        if let team {
            unsafe NumberStream.append(elements, nestedAs: shape, to: &bytes, team: team)
        } else {
            unsafe NumberStream.append(elements, nestedAs: shape, to: &bytes)
        }
    }

    /// `{"shape":[2,2],"dtype":"float32","data_base64":"…"}`. The elements are little-endian, as all machines are that
    /// this runs on.
    private mutating func binary(_ shape: Shape, dtype: String, _ octets: UnsafeRawBufferPointer) {
        beginObject()
        key("shape")
        self.shape(shape)
        key("dtype")
        string(dtype)
        key("data_base64")
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        unsafe Base64.append(octets, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        endObject()
    }
}
