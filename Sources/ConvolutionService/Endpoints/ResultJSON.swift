import ConvolutionEngine
import TensorCoding

extension JSONWriter {
    /// `{"output":…,"shape":[…]}`, with `indices` of a pool, and for a network `layers` and the named `outputs`.
    mutating func result(_ result: NetworkResult, plan: Plan, encoding: TensorEncoding, isNetwork: Bool) {
        beginObject()
        tensor(result.output, result.indices, encoding)
        if isNetwork {
            member("layers")
            beginArray()
            for layer in plan.layers { report(layer) }
            endArray()
            if !result.named.isEmpty {
                member("outputs")
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
        output(tensor, encoding: encoding)
        if let indices {
            member("indices")
            self.tensor(indices, encoding: encoding)
        }
    }

    /// What every report of a layer begins with.
    mutating func identity(named name: String?, type: String, shape: Shape) {
        member("name")
        if let name { string(name) } else { null() }
        member("type")
        string(type)
        member("shape")
        self.shape(shape)
    }

    private mutating func report(_ layer: LayerReport) {
        beginObject()
        identity(named: layer.name, type: layer.type, shape: layer.shape)
        member("parameters")
        integer(layer.parameters)
        member("macs")
        integer(layer.multiplyAccumulates)
        member("algorithm")
        string(layer.algorithm)
        endObject()
    }
}
