import ConvolutionEngine
import ModelStore
import TensorCoding

extension JSONWriter {
    /// `{"models":[…]}`, each without its layers.
    mutating func models(_ list: [ModelStore.Status]) {
        beginObject()
        key("models")
        beginArray()
        for status in list { model(status, listsLayers: false) }
        endArray()
        endObject()
    }

    mutating func model(_ status: ModelStore.Status, listsLayers: Bool) {
        beginObject()
        key("name")
        string(status.name.text)
        key("state")
        string(status.state.rawValue)
        if let summary = status.summary {
            key("etag")
            string("\"\(summary.tag)\"")
            key("input")
            port(summary.input)
            key("outputs")
            beginArray()
            for output in summary.outputs { port(output) }
            endArray()
            key("parameters")
            integer(summary.parameters)
            key("macs")
            integer(summary.multiplyAccumulates)
        }
        key("bytes")
        integer(status.bytes)
        if let error = status.error {
            key("error")
            string(error.sentence)
        }
        if listsLayers, let summary = status.summary {
            key("input_shape")
            shape(summary.exampleShape)
            key("layers")
            beginArray()
            for layer in summary.layers {
                beginObject()
                identity(named: layer.name, type: layer.type, shape: layer.shape)
                key("parameters")
                integer(layer.parameters)
                key("macs")
                integer(layer.multiplyAccumulates)
                endObject()
            }
            endArray()
        }
        endObject()
    }

    private mutating func port(_ port: ModelSummary.Port) {
        beginObject()
        key("name")
        string(port.name)
        key("shape")
        beginArray()
        for extent in port.shape {
            if let extent { integer(extent) } else { null() }
        }
        endArray()
        endObject()
    }
}
