import ConvolutionEngine
import TensorCoding
import Testing

@Suite struct LayerWritingTests {
    /// Layers with every parameter at another value than its default, as they are written.
    static let layers = [
        #"{"type":"conv1d","weight":{"tensor":"t"},"bias":{"tensor":"t"},"stride":2,"padding":3,"dilation":2,"groups":1}"#,
        #"{"type":"conv2d","name":"n","inputs":["a","b"],"weight":{"tensor":"t"},"stride":[2,3],"padding":[[0,1],[2,3]],"dilation":[1,2],"groups":4,"padding_mode":"reflect","algorithm":"direct"}"#,
        #"{"type":"conv2d","kernel":"sobel_x","padding":"same"}"#,
        #"{"type":"conv3d","weight":{"tensor":"t"},"stride":[1,2,3],"padding":"same_lower"}"#,
        #"{"type":"conv_transpose2d","weight":{"tensor":"t"},"bias":{"tensor":"t"},"stride":2,"padding":1,"dilation":[2,1],"groups":2,"output_padding":[1,0]}"#,
        #"{"type":"conv_transpose1d","weight":{"tensor":"t"},"stride":3,"output_size":7}"#,
        #"{"type":"max_pool2d","kernel_size":[2,3],"stride":[1,2],"padding":[0,1],"dilation":[1,2],"ceil_mode":true,"return_indices":true}"#,
        #"{"type":"avg_pool3d","kernel_size":2,"stride":1,"count_include_pad":false,"divisor_override":5}"#,
        #"{"type":"lp_pool1d","kernel_size":4,"padding":"same","norm_type":3.5}"#,
        #"{"type":"adaptive_max_pool2d","output_size":[null,3],"return_indices":true}"#,
        #"{"type":"adaptive_avg_pool1d","output_size":[7]}"#,
        #"{"type":"max_unpool2d","indices":{"shape":[1,2],"dtype":"int64","data_base64":"AAAAAAAAAAADAAAAAAAAAA=="},"kernel_size":2,"stride":1,"padding":1,"output_size":[4,5]}"#,
        #"{"type":"unfold","kernel_size":[2,3],"stride":2,"padding":1,"dilation":[2,1]}"#,
        #"{"type":"fold","output_size":[4,5],"kernel_size":2,"stride":2,"padding":1,"dilation":2}"#,
        #"{"type":"relu"}"#, #"{"type":"relu6"}"#, #"{"type":"selu"}"#, #"{"type":"silu"}"#, #"{"type":"mish"}"#,
        #"{"type":"sigmoid"}"#, #"{"type":"tanh"}"#, #"{"type":"softplus"}"#, #"{"type":"hardsigmoid"}"#,
        #"{"type":"hardswish"}"#, #"{"type":"leaky_relu","negative_slope":0.2}"#, #"{"type":"elu","alpha":0.5}"#,
        #"{"type":"gelu","approximate":"tanh"}"#, #"{"type":"gelu"}"#, #"{"type":"clamp","min":-1.5,"max":6}"#,
        #"{"type":"clamp"}"#, #"{"type":"prelu","weight":{"tensor":"t"}}"#, #"{"type":"softmax","dim":-1}"#,
        #"{"type":"log_softmax","dim":2}"#,
        #"{"type":"batch_norm2d","running_mean":{"tensor":"t"},"running_var":{"tensor":"t"},"weight":{"tensor":"t"},"bias":{"tensor":"t"},"eps":0.001}"#,
        #"{"type":"layer_norm","weight":{"tensor":"t"},"bias":{"tensor":"t"},"normalized_shape":[3,4],"eps":0.1}"#,
        #"{"type":"group_norm","weight":{"tensor":"t"},"bias":{"tensor":"t"},"num_groups":3,"eps":0.5}"#,
        #"{"type":"instance_norm","weight":{"tensor":"t"},"bias":{"tensor":"t"},"eps":0}"#,
        #"{"type":"local_response_norm","size":5,"alpha":0.001,"beta":0.5,"k":2}"#,
        #"{"type":"linear","weight":{"tensor":"t"},"bias":{"tensor":"t"}}"#,
        #"{"type":"scale","weight":{"tensor":"t"},"bias":{"tensor":"t"}}"#, #"{"type":"scale"}"#,
        #"{"type":"flatten","start_dim":0,"end_dim":2}"#, #"{"type":"reshape","shape":[-1,4]}"#,
        #"{"type":"pad","padding":[[1,2],[0,-1]],"mode":"reflect"}"#, #"{"type":"pad","padding":[[1,2]],"value":-1.5}"#,
        #"{"type":"upsample","scale_factor":[2,1.5],"mode":"bilinear","align_corners":true}"#,
        #"{"type":"upsample","size":[3,4],"mode":"nearest-exact"}"#, #"{"type":"add"}"#, #"{"type":"multiply"}"#,
        #"{"type":"concat","dim":2}"#, #"{"type":"concat"}"#,
    ]

    @Test(arguments: layers)
    func whatIsWrittenIsWhatWasRead(text: String) throws {
        let tensors = try SafetensorsFile.read(file.span.bytes).tensors
        let body = Array(#"{"input":{"tensor":"t"},"layers":[\#(text)]}"#.utf8)
        let layer = try #require(
            try ForwardRequest.decode(body: body.span.bytes, tensors: tensors).network.layers.first
        )
        var writer = JSONWriter()
        writer.layer(layer) { _ in "t" }
        // What has its default need not be written.
        let expected = text.replacing(#","groups":1}"#, with: "}")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test func everyParameterOfEveryOperationIsAmongThem() {
        for operation in OperationSpecification.all {
            let texts = LayerWritingTests.layers.filter { $0.hasPrefix(#"{"type":"\#(operation.name)""#) }
            // One rank stands for the others.
            let family =
                texts.isEmpty ? LayerWritingTests.layers.filter { $0.contains(operation.name.dropLast(2)) } : texts
            #expect(!family.isEmpty, "\(operation.name)")
            guard !texts.isEmpty, operation.name.last != "d" else { continue }
            for parameter in operation.parameters where !parameter.isForShapes {
                #expect(texts.contains { $0.contains("\"\(parameter.name)\":") }, "\(operation.name).\(parameter.name)")
            }
        }
    }

    /// One tensor, "t".
    private var file: [UInt8] {
        guard let shape = Shape(checking: [1, 1]), let tensor = Tensor(shape: shape, elements: [1]) else { return [] }
        return SafetensorsFile.body([("t", .tensor(tensor))]).whole
    }
}
