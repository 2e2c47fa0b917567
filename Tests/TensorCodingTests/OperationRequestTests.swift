import ConvolutionEngine
import TensorCoding
import Testing

@Suite struct OperationRequestTests {
    /// The operation that a request with a 1-element input and these parameters is.
    private func operation(_ name: String, _ parameters: String) throws -> ConvolutionEngine.Operation {
        try readOperation(name, request(parameters)).get().operation
    }

    private func request(_ parameters: String) -> String {
        "{\"input\":[[1]]" + (parameters.isEmpty ? "" : "," + parameters) + "}"
    }

    private func convolution(_ name: String, _ parameters: String) throws -> Convolution {
        let found = try operation(name, parameters)
        guard case .convolution(let convolution) = found else { throw Mismatch(found: "\(found)") }
        return convolution
    }

    private func pooling(_ name: String, _ parameters: String) throws -> Pooling {
        let found = try operation(name, parameters)
        guard case .pooling(let pooling) = found else { throw Mismatch(found: "\(found)") }
        return pooling
    }

    private struct Mismatch: Error { let found: String }

    @Test func theFirstExampleIsRead() throws {
        let text = "{\"input\":[[1,2,3],[4,5,6],[7,8,9]],\"weight\":[[0,1],[2,3]]}"
        let request = try readOperation("conv2d", text).get()
        #expect(request.input.array == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(request.encoding == .nested)
        guard case .convolution(let convolution) = request.operation,
            case .tensor(let weight) = convolution.weight
        else {
            Issue.record("\(request.operation)")
            return
        }
        #expect(weight.array == [0, 1, 2, 3])
        #expect(convolution.spatialRank == 2)
        #expect(convolution.stride == Spatial(repeating: 1))
        #expect(convolution.padding == .none)
        #expect(convolution.dilation == Spatial(repeating: 1))
        #expect(convolution.groups == 1)
        #expect(convolution.paddingMode == .zeros)
        #expect(convolution.algorithm == .auto)
        #expect(convolution.bias == nil)
    }

    @Test func everyParameterOfAConvolutionIsRead() throws {
        let found = try convolution(
            "conv2d",
            """
            "weight":[[1]],"bias":[5],"stride":[2,3],"padding":[[1,2],[0,1]],"dilation":4,"groups":6,
            "padding_mode":"reflect","algorithm":"winograd"
            """
        )
        #expect(found.bias?.array == [5])
        #expect(found.stride == Spatial(depth: 1, height: 2, width: 3))
        let begin = Spatial(depth: 0, height: 1, width: 0)
        #expect(found.padding == .explicit(begin: begin, end: Spatial(depth: 0, height: 2, width: 1)))
        #expect(found.dilation == Spatial(depth: 1, height: 4, width: 4))
        #expect(found.groups == 6)
        #expect(found.paddingMode == .reflect)
        #expect(found.algorithm == .winograd)
    }

    @Test func aKnownKernelStandsInForTheWeightOfAConv2d() throws {
        guard case .named(.sobelX) = try convolution("conv2d", "\"kernel\":\"sobel_x\"").weight else {
            Issue.record("no kernel")
            return
        }
        let both = readOperation("conv2d", request("\"kernel\":\"sobel_x\",\"weight\":[[1]]")).error
        #expect(both?.reason == .exclusive(given: ["weight", "kernel"]))
        let neither = readOperation("conv2d", request("")).error
        #expect(neither?.reason == .missing(parameter: "weight", owner: "conv2d"))
        #expect(readOperation("conv3d", request("\"kernel\":\"sobel_x\"")).error?.pointer == "/kernel")
    }

    @Test(arguments: [
        ("conv1d", "3", [0, 0, 3], [0, 0, 3]), ("conv1d", "[3]", [0, 0, 3], [0, 0, 3]),
        ("conv1d", "[[1,2]]", [0, 0, 1], [0, 0, 2]), ("conv2d", "3", [0, 3, 3], [0, 3, 3]),
        ("conv2d", "[1,2]", [0, 1, 2], [0, 1, 2]), ("conv2d", "[[1,2],[3,4]]", [0, 1, 3], [0, 2, 4]),
        ("conv3d", "[1,2,3]", [1, 2, 3], [1, 2, 3]), ("conv3d", "[[1,2],[3,4],[5,6]]", [1, 3, 5], [2, 4, 6]),
        ("conv2d", "2.0", [0, 2, 2], [0, 2, 2]), ("conv2d", "null", [0, 0, 0], [0, 0, 0]),
    ])
    func paddingHasManyForms(name: String, text: String, begin: [Int], end: [Int]) throws {
        let found = try convolution(name, "\"weight\":[[1]],\"padding\":\(text)")
        #expect(
            found.padding
                == .explicit(begin: Spatial(trailing: begin, neutral: 0), end: Spatial(trailing: end, neutral: 0))
        )
    }

    @Test(arguments: [("valid", Padding.valid), ("same", .same), ("same_lower", .sameLower)])
    func paddingHasNames(name: String, padding: Padding) throws {
        #expect(try convolution("conv2d", "\"weight\":[[1]],\"padding\":\"\(name)\"").padding == padding)
        #expect(try pooling("max_pool2d", "\"kernel_size\":2,\"padding\":\"\(name)\"").padding == padding)
    }

    @Test func aPoolsStrideIsItsKernelUnlessGiven() throws {
        let plain = try pooling("max_pool2d", "\"kernel_size\":[3,2]")
        #expect(plain.stride == Spatial(depth: 1, height: 3, width: 2))
        #expect(plain.reduction == .maximum(returnsIndices: false))
        #expect(!plain.ceilMode)
        let other = try pooling(
            "avg_pool2d",
            "\"kernel_size\":3,\"stride\":2,\"ceil_mode\":true,\"count_include_pad\":false,\"divisor_override\":7"
        )
        #expect(other.stride == Spatial(depth: 1, height: 2, width: 2))
        #expect(other.ceilMode)
        #expect(other.reduction == .average(countsPadding: false, divisorOverride: 7))
        #expect(try pooling("lp_pool1d", "\"kernel_size\":3").reduction == .norm(p: 2))
        #expect(try pooling("lp_pool1d", "\"kernel_size\":3,\"norm_type\":1.5").reduction == .norm(p: 1.5))
        let indices = try pooling("max_pool3d", "\"kernel_size\":3,\"return_indices\":true")
        #expect(indices.reduction == .maximum(returnsIndices: true))
    }

    @Test func anAdaptiveSizeMayKeepAxes() throws {
        guard
            case .adaptivePooling(let pooling) = try operation("adaptive_max_pool3d", "\"output_size\":[null,2,3]")
        else {
            Issue.record("no adaptive pooling")
            return
        }
        #expect(pooling.outputSize == [nil, 2, 3])
        #expect(
            readOperation("adaptive_avg_pool2d", request("\"output_size\":[1,2,3]")).error?.reason
                == .length(found: 3, expected: [2], of: "sizes")
        )
    }

    @Test(arguments: [
        "[[3,0]]", "{\"shape\":[1,2],\"data\":[3,0]}",
        "{\"shape\":[1,2],\"dtype\":\"int64\",\"data_base64\":\"AwAAAAAAAAAAAAAAAAAAAA==\"}",
        "{\"shape\":[1,2],\"dtype\":\"uint8\",\"data_base64\":\"AwA=\"}",
    ])
    func indicesOfUnpoolingAreExactIntegersInEveryForm(text: String) throws {
        let found = try operation("max_unpool2d", "\"indices\":\(text),\"kernel_size\":2,\"output_size\":[4,5]")
        guard case .unpooling(let unpooling) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(unpooling.indices?.values == [3, 0])
        #expect(unpooling.outputSize == Spatial(depth: 1, height: 4, width: 5))
        #expect(unpooling.stride == unpooling.kernelSize)
    }

    @Test(
        arguments: [
            ("[[1.5]]", "/indices/0/0", .notInteger(number: "1.5")),
            ("[[1e30]]", "/indices/0/0", .notRepresentable(number: "1e30", type: "int64")),
            ("[[\"NaN\"]]", "/indices/0/0", .type(found: .string, expected: "an integer")),
            (
                "{\"shape\":[1],\"dtype\":\"float32\",\"data_base64\":\"AACAPw==\"}", "/indices/dtype",
                .choice(found: "float32", allowed: ["int8", "uint8", "int16", "int32", "int64"], nearest: nil)
            ),
        ] as [(String, String, CodingError.Reason)]
    )
    func otherIndicesAreRefused(text: String, pointer: String, reason: CodingError.Reason) {
        let error = readOperation("max_unpool2d", request("\"kernel_size\":2,\"indices\":\(text)")).error
        #expect(error?.pointer == pointer)
        #expect(error?.reason == reason)
    }

    @Test func scalarParametersAreRoundedOnce() throws {
        guard case .activation(.leakyReLU(let slope)) = try operation("leaky_relu", "\"negative_slope\":0.1") else {
            Issue.record("no leaky_relu")
            return
        }
        #expect(slope == 0.1)
        guard case .localResponseNormalization(let norm) = try operation("local_response_norm", "\"size\":5,\"k\":2")
        else {
            Issue.record("no local_response_norm")
            return
        }
        #expect(
            norm
                == {
                    var expected = LocalResponseNormalization(size: 5); expected.k = 2; return expected
                }()
        )
    }

    @Test func transposedOutputsHaveOneOfTwoExtents() throws {
        guard
            case .transposedConvolution(let plain) = try operation("conv_transpose2d", "\"weight\":[[1]]"),
            case .transposedConvolution(let padded) = try operation(
                "conv_transpose2d",
                "\"weight\":[[1]],\"output_padding\":[0,1]"
            ),
            case .transposedConvolution(let sized) = try operation(
                "conv_transpose2d",
                "\"weight\":[[1]],\"output_size\":[7,8]"
            )
        else {
            Issue.record("no transposed convolution")
            return
        }
        #expect(plain.outputExtent == .padding(Spatial(repeating: 0)))
        #expect(padded.outputExtent == .padding(Spatial(depth: 0, height: 0, width: 1)))
        #expect(sized.outputExtent == .size(Spatial(depth: 1, height: 7, width: 8)))
        let both = readOperation(
            "conv_transpose2d",
            request("\"weight\":[[1]],\"output_size\":7,\"output_padding\":1")
        ).error
        #expect(both?.reason == .exclusive(given: ["output_padding", "output_size"]))
    }

    @Test func padTakesPairs() throws {
        guard
            case .pad(let pad) = try operation("pad", "\"padding\":[[1,2],[0,-1]],\"mode\":\"reflect\",\"value\":1.5")
        else {
            Issue.record("no pad")
            return
        }
        #expect(pad.amounts == [[1, 2], [0, -1]])
        #expect(pad.mode == .reflect)
        #expect(pad.value == 1.5)
    }

    @Test func upsamplingHasAScaleOrASize() throws {
        guard case .upsample(let scaled) = try operation("upsample", "\"scale_factor\":2.5"),
            case .upsample(let sized) = try operation("upsample", "\"size\":[4,6],\"mode\":\"bilinear\"")
        else {
            Issue.record("no upsample")
            return
        }
        #expect(scaled.target == .scale([2.5]))
        #expect(sized.target == .size([4, 6]))
        #expect(sized.mode == .bilinear)
        #expect(
            readOperation("upsample", request("\"scale_factor\":2,\"size\":3")).error?.reason
                == .exclusive(given: ["scale_factor", "size"])
        )
    }

    @Test(arguments: TensorEncoding.allCases)
    func theEncodingOfTheAnswerIsChosen(encoding: TensorEncoding) throws {
        #expect(try readOperation("relu", request("\"encoding\":\"\(encoding.rawValue)\"")).get().encoding == encoding)
    }

    @Test(
        arguments: [
            ("conv2d", "\"weight\":[[1]],\"stride\":1.5", "/stride", .notInteger(number: "1.5")),
            (
                "conv2d", "\"weight\":[[1]],\"stride\":[1,2,3]", "/stride",
                .length(found: 3, expected: [2], of: "integers")
            ),
            (
                "conv2d", "\"weight\":[[1]],\"stride\":[1,\"2\"]", "/stride/1",
                .type(found: .string, expected: "an integer")
            ),
            ("conv2d", "\"weight\":[[1]],\"groups\":\"2\"", "/groups", .type(found: .string, expected: "an integer")),
            (
                "conv2d", "\"weight\":[[1]],\"groups\":1e300", "/groups",
                .notRepresentable(number: "1e300", type: "an integer of at most 2^53")
            ),
            (
                "conv2d", "\"weight\":[[1]],\"padding\":[[1,2,3],[1,2]]", "/padding/0",
                .length(found: 3, expected: [2], of: "integers, begin and end")
            ),
            (
                "conv2d", "\"weight\":[[1]],\"padding\":[[1,2]]", "/padding",
                .length(found: 1, expected: [2], of: "[begin, end] pairs")
            ),
            (
                "conv2d", "\"weight\":[[1]],\"padding\":[[1,2],3]", "/padding/1",
                .type(found: .number, expected: "a [begin, end] pair")
            ),
            (
                "conv2d", "\"weight\":[[1]],\"padding\":\"sam\"", "/padding",
                .choice(found: "sam", allowed: ["valid", "same", "same_lower"], nearest: "same")
            ),
            (
                "conv2d", "\"weight\":3", "/weight",
                .type(found: .number, expected: "a tensor (nested arrays, or an object with \"shape\")")
            ),
            ("conv2d", "\"weight\":[[1,2],[3]]", "/weight/1", .ragged(axis: 1, found: 1, expected: 2)),
            ("conv2d", "\"weight\":[[1]],\"weight\":[[1]]", "/weight", .duplicateKey("weight")),
            ("conv2d", "\"weight\":[[1]],\"weigh\\u0074\":[[1]]", "/weight", .duplicateKey("weight")),
            (
                "conv2d", "\"weight\":[[1]],\"algorithm\":\"fft\"", "/algorithm",
                .choice(found: "fft", allowed: ["auto", "direct", "winograd"], nearest: nil)
            ),
            ("max_pool2d", "", "", .missing(parameter: "kernel_size", owner: "max_pool2d")),
            ("max_pool2d", "\"kernel_size\":null", "", .missing(parameter: "kernel_size", owner: "max_pool2d")),
            (
                "max_pool2d", "\"kernel_size\":2,\"ceil_mode\":1", "/ceil_mode",
                .type(found: .number, expected: "true or false")
            ),
            ("batch_norm2d", "\"running_mean\":[0]", "", .missing(parameter: "running_var", owner: "batch_norm2d")),
            ("softmax", "", "", .missing(parameter: "dim", owner: "softmax")),
            (
                "relu", "\"encoding\":\"base32\"", "/encoding",
                .choice(found: "base32", allowed: ["nested", "flat", "base64"], nearest: "base64")
            ),
        ] as [(String, String, String, CodingError.Reason)]
    )
    func aParameterThatCannotBeMeantNamesThePlace(
        name: String,
        parameters: String,
        pointer: String,
        reason: CodingError.Reason
    ) {
        let error = readOperation(name, request(parameters)).error
        #expect(error?.reason == reason)
        #expect(error?.pointer == pointer)
        #expect(error?.place != nil)
    }

    @Test(
        arguments: [
            ("{}", "", .missing(parameter: "input", owner: "relu")),
            (
                "{\"input\":null}", "/input",
                .type(found: .null, expected: "a tensor (nested arrays, or an object with \"shape\")")
            ),
            (
                "{\"input\":5}", "/input",
                .type(found: .number, expected: "a tensor (nested arrays, or an object with \"shape\")")
            ),
            ("[]", "", .type(found: .array, expected: "an object")),
            ("7", "", .type(found: .number, expected: "an object")),
        ] as [(String, String, CodingError.Reason)]
    )
    func aRequestNeedsAnInput(text: String, pointer: String, reason: CodingError.Reason) {
        let error = readOperation("relu", text).error
        #expect(error?.reason == reason)
        #expect(error?.pointer == pointer)
    }

    @Test(arguments: [
        ("stirde", "stride"), ("strides", "stride"), ("Stride", "stride"), ("pading", "padding"),
        ("kernel_siz", nil), ("foo", nil), ("wieght", "weight"), ("inputs", "input"),
    ])
    func anUnknownParameterIsRefusedWithTheNearest(name: String, nearest: String?) throws {
        let error = try #require(readOperation("conv2d", request("\"weight\":[[1]],\"\(name)\":[1]")).error)
        guard case .unknownParameter(name, "conv2d", let found, let allowed) = error.reason else {
            Issue.record("\(error.reason)")
            return
        }
        #expect(found == nearest)
        #expect(error.pointer == "/\(name)")
        #expect(allowed.contains("stride"))
        #expect(!allowed.contains("out_channels"))
    }

    @Test(arguments: [
        ("conv2", "conv2d"), ("convd2", "conv2d"), ("maxpool2d", "max_pool2d"), ("rlu", "relu"), ("xyz", nil),
    ])
    func anUnknownOperationIsRefusedWithTheNearest(name: String, nearest: String?) {
        let error = readOperation(name, "{\"input\":[1]}").error
        #expect(error?.reason == .unknownOperation(name, nearest: nearest))
    }

    @Test(arguments: ["add", "multiply", "concat"])
    func combinationsAreLayersOnly(name: String) {
        #expect(readOperation(name, "{\"input\":[1]}").error?.reason == .layerOnly(operation: name))
    }
}
