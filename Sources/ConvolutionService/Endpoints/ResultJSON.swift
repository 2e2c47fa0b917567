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

    private mutating func report(_ layer: LayerReport) {
        beginObject()
        key("name")
        if let name = layer.name { string(name) } else { null() }
        key("type")
        string(layer.type)
        key("shape")
        shape(layer.shape)
        key("parameters")
        integer(layer.parameters)
        key("macs")
        integer(layer.multiplyAccumulates)
        key("algorithm")
        string(layer.algorithm)
        endObject()
    }
}
