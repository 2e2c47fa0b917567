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

    package let body: PiecewiseBody
    /// Octets of the JSON; `nil` where nothing follows it.
    package let jsonCount: Int?

    /// - Parameter postponingTensors: Numbers in JSON are written with the body, unless octets follow them: then it has to
    ///   be known where those begin.
    package init(id: String?, model: String, version: String, outputs: [Output], postponingTensors: Bool) {
        let binary = outputs.filter { $0.isBinary && $0.tensor.shape.elementCount > 0 }
        var json = JSONWriter(postponingTensors: postponingTensors && binary.isEmpty)
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
        guard !binary.isEmpty else {
            body = json.body
            jsonCount = nil
            return
        }
        let count = json.bytes.count
        jsonCount = count
        body = PiecewiseBody(
            text: json.bytes,
            inserts: binary.map { output in
                let content = TensorContent(tensor: .tensor(output.tensor), form: .octets)
                return PiecewiseBody.Insert(position: count, content: content)
            }
        )
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
            elements(output.tensor)
        }
        endObject()
    }
}
