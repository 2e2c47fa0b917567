import ConvolutionEngine
import ONNXImport
import TensorCoding

/// What is imported is read again, from what would be written of it, as the server reads it.
func brokenImportClaim(by input: [UInt8]) -> String? {
    let model: ImportedModel
    do throws(ImportError) {
        model = try ImportedModel(onnx: input) { data, _ throws(ExternalFault) in throw .outside(data.location) }
    } catch {
        return nil
    }
    var request = JSONWriter()
    request.beginObject()
    request.key("input")
    request.beginArray()
    request.integer(0)
    request.endArray()
    request.key("layers")
    request.beginArray()
    for layer in model.layers { request.layer(layer) { ImportedModel.tensorName(layer, $0) } }
    request.endArray()
    request.endObject()
    do throws(CodingError) {
        let tensors = try model.weights().map { file throws(CodingError) in
            try SafetensorsFile.read(file.span.bytes).tensors
        }
        let read = try ForwardRequest.decode(body: request.bytes.span.bytes, tensors: tensors ?? NamedTensors())
        guard read.network.layers.count == model.layers.count else { return "layers were lost" }
        return nil
    } catch {
        return "what was imported cannot be read: \(error)"
    }
}
