import ConvolutionEngine
import TensorCoding

extension JSONWriter {
    /// `{"output":…,"shape":[…]}`, with `indices` of a pool, and for a network `layers` and the named `outputs`.
    mutating func result(_ result: NetworkResult, plan: Plan, encoding: TensorEncoding, isNetwork: Bool) {
        beginObject()
        tensor(result.output, result.indices, encoding)
        if isNetwork {
            key("layers")
            beginArray()
            for layer in plan.layers { report(layer) }
            endArray()
            if !result.named.isEmpty {
                key("outputs")
                beginObject()
                for named in result.named {
                    key(named.name)
                    beginObject()
                    tensor(named.tensor, named.indices, encoding)
                    endObject()
                }
                endObject()
            }
        }
        endObject()
    }

    private mutating func tensor(_ tensor: Tensor, _ indices: IndexTensor?, _ encoding: TensorEncoding) {
        key("output")
        self.tensor(tensor, encoding: encoding)
        key("shape")
        shape(tensor.shape)
        if let indices {
            key("indices")
            self.tensor(indices, encoding: encoding)
        }
    }

    /// What every report of a layer begins with.
    mutating func identity(named name: String?, type: String, shape: Shape) {
        key("name")
        if let name { string(name) } else { null() }
        key("type")
        string(type)
        key("shape")
        self.shape(shape)
    }

    private mutating func report(_ layer: LayerReport) {
        beginObject()
        identity(named: layer.name, type: layer.type, shape: layer.shape)
        key("parameters")
        integer(layer.parameters)
        key("macs")
        integer(layer.multiplyAccumulates)
        key("algorithm")
        string(layer.algorithm)
        endObject()
    }
}
