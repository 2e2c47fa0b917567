package import ConvolutionEngine

/// The answer of `POST /v2/models/{name}/infer`: JSON, and behind it the octets of the outputs that are asked for in binary.
package struct InferenceAnswer {
    package struct Output {
        package let name: String
        package let tensor: Tensor
        package let isBinary: Bool

        package init(name: String, tensor: Tensor, isBinary: Bool) {
            self.name = name
            self.tensor = tensor
            self.isBinary = isBinary
        }
    }

    package private(set) var bytes: [UInt8]
    /// Octets of the JSON; `nil` where nothing follows it.
    package let jsonCount: Int?

    package init(id: String?, model: String, version: String, outputs: [Output], team: Team?) {
        var json = JSONWriter(team: team)
        json.beginObject()
        if let id {
            json.key("id")
            json.string(id)
        }
        json.key("model_name")
        json.string(model)
        json.key("model_version")
        json.string(version)
        json.key("outputs")
        json.beginArray()
        for output in outputs { json.inferenceOutput(output) }
        json.endArray()
        json.endObject()
        bytes = json.bytes
        let binary = outputs.filter(\.isBinary)
        let size = binary.reduce(0) { $0 + 4 * $1.tensor.shape.elementCount }
        jsonCount = size > 0 ? bytes.count : nil
        bytes.reserveCapacity(bytes.count + size)
        for output in binary {
            unsafe output.tensor.withElements { elements in
                unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(elements))
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func inferenceOutput(_ output: InferenceAnswer.Output) {
        beginObject()
        key("name")
        string(output.name)
        key("datatype")
        string(InferenceType.float32.rawValue)
        key("shape")
        shape(output.tensor.shape)
        if output.isBinary {
            key("parameters")
            beginObject()
            key("binary_data_size")
            integer(4 * output.tensor.shape.elementCount)
            endObject()
        } else {
            key("data")
            inferenceData(output.tensor)
        }
        endObject()
    }
}
