package import ConvolutionEngine
import TensorCoding

extension ImportedModel {
    /// `model.json`: what the server reads.
    package func description() -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("input_name")
        json.string(inputName)
        json.key("input_shape")
        json.beginArray()
        for extent in inputShape {
            if let extent { json.integer(extent) } else { json.null() }
        }
        json.endArray()
        json.key("outputs")
        json.beginArray()
        for name in outputs { json.string(name) }
        json.endArray()
        json.key("layers")
        json.beginArray()
        for layer in layers {
            json.layer(layer) { parameter in ImportedModel.tensorName(layer, parameter) }
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// `weights.safetensors`: every layer's weights, as its name and the parameter's; `nil` when no layer has any.
    package func weights() -> [UInt8]? {
        let tensors = layers.flatMap { layer in
            layer.operation.tensors.map {
                (name: ImportedModel.tensorName(layer, $0.name), tensor: NamedTensor.tensor($0.tensor))
            }
        }
        guard !tensors.isEmpty else { return nil }
        return SafetensorsFile.body(tensors).whole
    }

    package static func tensorName(_ layer: Layer, _ parameter: String) -> String {
        "\(layer.name ?? "").\(parameter)"
    }
}
