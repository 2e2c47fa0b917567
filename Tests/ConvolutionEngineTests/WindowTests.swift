import ConvolutionEngine
import Testing

/// Output extents, as `torch.nn.functional` and ONNX Runtime give them.
@Suite struct WindowTests {
    @Test(arguments: [
        // in, kernel, stride, padding, dilation, out
        (5, 3, 1, 0, 1, 3), (5, 3, 2, 0, 1, 2), (224, 7, 2, 3, 1, 112), (5, 2, 3, 1, 1, 2), (7, 3, 1, 2, 2, 7),
        (1, 1, 1, 0, 1, 1), (10, 3, 4, 1, 3, 2),
    ])
    func convolution(_ input: Int, _ kernel: Int, _ stride: Int, _ pad: Int, _ dilation: Int, _ output: Int) throws {
        var layer = Convolution(
            spatialRank: 1,
            weight: .unspecified(outChannels: 4, kernelSize: width(kernel))
        )
        layer.stride = width(stride)
        layer.padding = padding(pad, axes: 1)
        layer.dilation = width(dilation)
        #expect(try resultShape(.convolution(layer), 2, 3, input) == shape(2, 4, output))
    }

    @Test(arguments: [
        // in, kernel, stride, padding, dilation, floor, ceil
        (5, 2, 2, 0, 1, 2, 3), (4, 3, 2, 0, 1, 1, 2), (9, 4, 4, 2, 1, 3, 3), (2, 3, 3, 0, 1, 0, 1),
        (7, 3, 2, 1, 2, 3, 3),
        (6, 3, 2, 1, 1, 3, 4), (6, 3, 2, 2, 1, 4, 4),
    ])
    func pooling(
        _ input: Int,
        _ kernel: Int,
        _ stride: Int,
        _ pad: Int,
        _ dilation: Int,
        _ floor: Int,
        _ ceil: Int
    ) throws {
        var layer = Pooling(spatialRank: 1, reduction: .maximum(returnsIndices: false), kernelSize: width(kernel))
        layer.stride = width(stride)
        layer.padding = padding(pad, axes: 1)
        layer.dilation = width(dilation)
        if floor > 0 {
            #expect(try resultShape(.pooling(layer), 1, input) == shape(1, floor))
        } else {
            #expect(throws: EngineError.self) { try resultShape(.pooling(layer), 1, input) }
        }
        layer.ceilMode = true
        #expect(try resultShape(.pooling(layer), 1, input) == shape(1, ceil))
    }

    @Test(arguments: [
        // in, kernel, stride, padding, output_padding, dilation, out
        (3, 3, 2, 0, 0, 1, 7), (3, 3, 2, 0, 1, 1, 8), (3, 3, 2, 1, 0, 1, 5), (3, 3, 2, 1, 1, 1, 6),
        (4, 3, 1, 3, 0, 1, 0),
        (4, 3, 1, 0, 2, 3, 12), (1, 4, 3, 1, 2, 1, 4),
    ])
    func transposedConvolution(
        _ input: Int,
        _ kernel: Int,
        _ stride: Int,
        _ pad: Int,
        _ added: Int,
        _ dilation: Int,
        _ output: Int
    ) throws {
        var layer = TransposedConvolution(
            spatialRank: 1,
            weight: .unspecified(outChannels: 2, kernelSize: width(kernel))
        )
        layer.stride = width(stride)
        layer.padding = padding(pad, axes: 1)
        layer.outputExtent = .padding(width(added, neutral: 0))
        layer.dilation = width(dilation)
        if output > 0 {
            #expect(try resultShape(.transposedConvolution(layer), 5, input) == shape(2, output))
        } else {
            #expect(throws: EngineError.self) { try resultShape(.transposedConvolution(layer), 5, input) }
        }
    }

    @Test(arguments: 1...9, [1, 2, 3, 5])
    func samePaddingGivesAnOutputForEveryStride(_ input: Int, _ stride: Int) throws {
        for kernel in 1...5 {
            for padding in [Padding.same, .sameLower] {
                var layer = Convolution(
                    spatialRank: 1,
                    weight: .unspecified(outChannels: 1, kernelSize: width(kernel))
                )
                layer.stride = width(stride)
                layer.padding = padding
                #expect(try resultShape(.convolution(layer), input) == shape((input + stride - 1) / stride))
                var transposed = TransposedConvolution(
                    spatialRank: 1,
                    weight: .unspecified(outChannels: 1, kernelSize: width(kernel))
                )
                transposed.stride = width(stride)
                transposed.padding = padding
                #expect(try resultShape(.transposedConvolution(transposed), input) == shape(input * stride))
            }
        }
    }

    @Test func theRankOfTheInputIsKept() throws {
        let one = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 1, kernelSize: both(3)))
        let four = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 4, kernelSize: both(3)))
        #expect(try resultShape(.convolution(one), 5, 6) == shape(3, 4))
        #expect(try resultShape(.convolution(four), 5, 6) == shape(4, 3, 4))
        #expect(try resultShape(.convolution(one), 2, 5, 6) == shape(1, 3, 4))
        #expect(try resultShape(.convolution(four), 7, 2, 5, 6) == shape(7, 4, 3, 4))
        #expect(try resultShape(.convolution(four), 0, 2, 5, 6) == shape(0, 4, 3, 4))
    }

    private func resultShape(_ operation: ConvolutionEngine.Operation, _ extents: Int...) throws -> Shape? {
        let input = try #require(Shape(checking: extents))
        return try Engine().shapes(Network(layers: [Layer(operation)]), input: input).last?.shape
    }
}
