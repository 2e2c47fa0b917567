import ConvolutionEngine
import TensorCoding
import Testing

@Suite struct NetworkRequestTests {
    @Test func aNetworkWithBranchesIsRead() throws {
        let request = try readForward(
            """
            {"layers":[
              {"stride":2,"type":"conv2d","weight":[[1]],"name":"a"},
              {"type":"relu","name":"b","inputs":["input"]},
              {"type":"add","inputs":["a","b"]},
              {"type":"concat","inputs":["a","b"],"dim":-1},
              {"type":"multiply","name":null,"inputs":["a","a"]}
            ],"outputs":["a","b"],"encoding":"flat","input":[[1,2],[3,4]]}
            """
        ).get()
        #expect(request.input.array == [1, 2, 3, 4])
        #expect(request.encoding == .flat)
        #expect(request.network.outputs == ["a", "b"])
        #expect(request.network.layers.map(\.name) == ["a", "b", nil, nil, nil])
        #expect(request.network.layers.map(\.inputs) == [[], ["input"], ["a", "b"], ["a", "b"], ["a", "a"]])
        let combinations = request.network.layers.compactMap { layer in
            if case .combination(let combination) = layer.operation { combination } else { nil }
        }
        #expect(combinations == [.add, .concatenate(axis: -1), .multiply])
        guard case .convolution(let convolution) = request.network.layers[0].operation else {
            Issue.record("\(request.network.layers[0])")
            return
        }
        #expect(convolution.stride == Spatial(depth: 1, height: 2, width: 2))
    }

    @Test(
        arguments: [
            (
                "{\"type\":\"conv2d\",\"weight\":[[1,2],[3]]}", "/layers/1/weight/1",
                .ragged(axis: 1, found: 1, expected: 2)
            ),
            ("{\"weight\":[[1]]}", "/layers/1", .missing(parameter: "type", owner: "layer")),
            ("{\"type\":\"conv2\"}", "/layers/1/type", .unknownOperation("conv2", nearest: "conv2d")),
            ("{\"type\":7}", "/layers/1/type", .type(found: .number, expected: "the name of an operation")),
            ("{\"type\":[[1]]}", "/layers/1/type", .type(found: .array, expected: "the name of an operation")),
            ("{\"type\":\"relu\",\"name\":7}", "/layers/1/name", .type(found: .number, expected: "a name")),
            (
                "{\"type\":\"relu\",\"inputs\":\"a\"}", "/layers/1/inputs",
                .type(found: .string, expected: "a list of names")
            ),
            (
                "{\"type\":\"relu\",\"inputs\":[\"a\",1]}", "/layers/1/inputs/1",
                .type(found: .number, expected: "a name")
            ),
            ("{\"type\":\"relu\",\"type\":\"relu\"}", "/layers/1/type", .duplicateKey("type")),
            ("{\"type\":\"conv2d\"}", "/layers/1", .missing(parameter: "weight", owner: "conv2d")),
            ("[]", "/layers/1", .type(found: .array, expected: "an object")),
            (
                "{\"type\":\"relu\",\"a/b~c\":1}", "/layers/1/a~1b~0c",
                .unknownParameter("a/b~c", owner: "relu", nearest: nil, allowed: ["type", "name", "inputs"])
            ),
            (
                "{\"type\":\"relu\",\"input\":[1]}", "/layers/1/input",
                .unknownParameter("input", owner: "relu", nearest: "inputs", allowed: ["type", "name", "inputs"])
            ),
        ] as [(String, String, CodingError.Reason)]
    )
    func aLayerThatCannotBeMeantNamesThePlace(layer: String, pointer: String, reason: CodingError.Reason) {
        let error = readForward("{\"input\":[1],\"layers\":[{\"type\":\"relu\"},\(layer)]}").error
        #expect(error?.pointer == pointer)
        #expect(error?.reason == reason)
        #expect(error?.place != nil)
    }

    @Test(
        arguments: [
            ("{\"layers\":[{\"type\":\"relu\"}]}", "", .missing(parameter: "input", owner: "forward")),
            ("{\"input\":[1]}", "", .missing(parameter: "layers", owner: "forward")),
            ("{\"input\":[1],\"layers\":[]}", "/layers", .empty(list: "layers")),
            ("{\"input\":[1],\"layers\":{}}", "/layers", .type(found: .object, expected: "a list of layers")),
            (
                "{\"input\":[1],\"layers\":[{\"type\":\"relu\"}],\"outputs\":\"a\"}", "/outputs",
                .type(found: .string, expected: "a list of names")
            ),
            (
                "{\"input\":[1],\"layer\":[]}", "/layer",
                .unknownParameter(
                    "layer",
                    owner: "forward",
                    nearest: "layers",
                    allowed: ["input", "layers", "outputs", "encoding"]
                )
            ),
        ] as [(String, String, CodingError.Reason)]
    )
    func aRequestThatCannotBeMeantNamesThePlace(text: String, pointer: String, reason: CodingError.Reason) {
        let error = readForward(text).error
        #expect(error?.pointer == pointer)
        #expect(error?.reason == reason)
    }

    @Test func theNumberOfLayersIsLimited() {
        var limits = CodingLimits()
        limits.layers = 2
        let text = "{\"input\":[1],\"layers\":[{\"type\":\"relu\"},{\"type\":\"relu\"},{\"type\":\"relu\"}]}"
        let body = Array(text.utf8)
        let error = outcome { () throws(CodingError) in
            try ForwardRequest.decode(body: body.span.bytes, limits: limits)
        }.error
        #expect(error?.reason == .tooMany(of: "layers", limit: 2))
    }

    @Test func aParameterHasFewEntries() {
        let list = String(repeating: "1,", count: CodingLimits().parameterEntries) + "1"
        let error = readForward("{\"input\":[1],\"layers\":[{\"type\":\"conv2d\",\"stride\":[\(list)]}]}").error
        #expect(error?.reason == .tooMany(of: "entries", limit: CodingLimits().parameterEntries))
    }

    @Test func shapesNeedNoWeights() throws {
        let request = try readShapes(
            """
            {"input_shape":[1,3,224,224],"layers":[
              {"type":"conv2d","out_channels":64,"kernel_size":[7,5],"stride":2,"padding":3,"bias":true},
              {"type":"conv_transpose1d","out_channels":8,"kernel_size":2,"bias":false},
              {"type":"batch_norm2d","affine":true}, {"type":"prelu"}, {"type":"max_unpool2d","kernel_size":2},
              {"type":"linear","out_features":10,"bias":true}, {"type":"conv2d","weight":[[1]]}
            ]}
            """
        ).get()
        #expect(Array(request.inputShape) == [1, 3, 224, 224])
        let layers = request.network.layers
        guard case .convolution(let first) = layers[0].operation,
            case .unspecified(64, Spatial(depth: 1, height: 7, width: 5)) = first.weight,
            case .transposedConvolution(let second) = layers[1].operation,
            case .unspecified(8, Spatial(depth: 1, height: 1, width: 2)) = second.weight,
            case .batchNormalization(let norm) = layers[2].operation,
            case .linear(let linear) = layers[5].operation, case .unspecified(10) = linear.weight,
            case .convolution(let last) = layers[6].operation, case .tensor = last.weight
        else {
            Issue.record("\(layers)")
            return
        }
        #expect(first.countsBias)
        #expect(!second.countsBias)
        #expect(linear.countsBias)
        #expect(norm.countsAffine)
    }

    @Test(
        arguments: [
            ("{\"input_shape\":[1,null],\"layers\":[]}", "/input_shape/1", .type(found: .null, expected: "an integer")),
            ("{\"input_shape\":[],\"layers\":[]}", "/input_shape", .noAxes),
            (
                "{\"input_shape\":[1],\"layers\":[{\"type\":\"conv2d\",\"kernel_size\":3}]}", "/layers/0",
                .missing(parameter: "out_channels", owner: "conv2d")
            ),
            (
                "{\"input_shape\":[1],\"layers\":[{\"type\":\"conv2d\",\"out_channels\":3}]}", "/layers/0",
                .missing(parameter: "kernel_size", owner: "conv2d")
            ),
            ("{\"layers\":[{\"type\":\"relu\"}]}", "", .missing(parameter: "input_shape", owner: "shapes")),
        ] as [(String, String, CodingError.Reason)]
    )
    func shapesThatCannotBeMeantNameThePlace(text: String, pointer: String, reason: CodingError.Reason) {
        let error = readShapes(text).error
        #expect(error?.pointer == pointer)
        #expect(error?.reason == reason)
    }

    @Test func aFlagIsNoBiasWhereNumbersAreNeeded() {
        let error = readForward("{\"input\":[1],\"layers\":[{\"type\":\"conv2d\",\"weight\":[[1]],\"bias\":true}]}")
            .error
        #expect(error?.pointer == "/layers/0/bias")
    }
}
