import ConvolutionEngine
import TestSupport
import Testing

/// Numbers from PyTorch 2.13 and ONNX Runtime 1.32 unless a test says that it checks a law.
@Suite struct TransposedConvolutionTests {
    @Test(arguments: [
        // padding, output_padding, result for x = [1, 2, 3], w = [1, 10, 100], stride 2
        (0, 0, [1, 10, 102, 20, 203, 30, 300] as [Float]), (0, 1, [1, 10, 102, 20, 203, 30, 300, 0]),
        (1, 0, [10, 102, 20, 203, 30]), (1, 1, [10, 102, 20, 203, 30, 300]),
    ])
    func outputPaddingAddsAtTheEndAndHoldsRealSums(_ pad: Int, _ added: Int, _ expected: [Float]) throws {
        var layer = try stridedLayer()
        layer.padding = padding(pad, axes: 1)
        layer.outputExtent = .padding(width(added, neutral: 0))
        #expect(try elements(.transposedConvolution(layer), counting(3)) == expected)
    }

    @Test(arguments: [
        (Padding.same, [1, 10, 102, 20, 203, 30] as [Float]), (.sameLower, [10, 102, 20, 203, 30, 300]),
    ])
    func samePaddingCutsTheOddCellWhereONNXDoes(_ padding: Padding, _ expected: [Float]) throws {
        var layer = try stridedLayer()
        layer.padding = padding
        #expect(try elements(.transposedConvolution(layer), counting(3)) == expected)
    }

    @Test func anOutputSizeIsReachedAtTheEnd() throws {
        var layer = try stridedLayer()
        layer.outputExtent = .size(width(8))
        #expect(try elements(.transposedConvolution(layer), counting(3)) == [1, 10, 102, 20, 203, 30, 300, 0])
        layer.outputExtent = .size(width(9))
        let error = try planningError(.transposedConvolution(layer), 3)
        #expect(error.reason == .outputSize(found: 9, minimum: 7, maximum: 8, axis: 2))
        #expect(error.parameter == "output_size")
    }

    /// ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩ is what "transposed" means, whatever the parameters.
    @Test(arguments: 0..<60)
    func itIsTheAdjointOfConvolution(_ seed: UInt64) throws {
        var source = SeededRandom(seed: seed)
        let groups = [1, 2].randomElement(using: &source) ?? 1
        let stride = Spatial(trailing: (0..<2).map { _ in Int.random(in: 1...4, using: &source) }, neutral: 1)
        let dilation = Spatial(trailing: (0..<2).map { _ in Int.random(in: 1...3, using: &source) }, neutral: 1)
        let pad = padding(Int.random(in: 0...3, using: &source))
        let kernels = try random([4, 4 / groups, 1 + Int(seed % 4), 3], &source)
        let x = try random([2, 4, 11, 12], &source)

        var forward = Convolution(spatialRank: 2, weight: .tensor(kernels))
        (forward.stride, forward.dilation, forward.padding, forward.groups) = (stride, dilation, pad, groups)
        let forwardX = try run(.convolution(forward), x).output
        let y = try random(Array(forwardX.shape), &source)

        var backward = TransposedConvolution(spatialRank: 2, weight: .tensor(kernels))
        (backward.stride, backward.dilation, backward.padding, backward.groups) = (stride, dilation, pad, groups)
        backward.outputExtent = .size(Spatial(trailing: [11, 12], neutral: 1))
        let backwardY = try run(.transposedConvolution(backward), y).output

        let left = zip(forwardX.array, y.array).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let right = zip(x.array, backwardY.array).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(left - right) < 1e-3, "seed \(seed): \(left) and \(right)")
    }

    /// Expected: PyTorch's `ConvTranspose1d(…, stride=3, padding=3)` with `output_size=[2]`.
    @Test func aGivenSizeBringsBackWhatPaddingTookAway() throws {
        var layer = TransposedConvolution(spatialRank: 1, weight: .tensor(try tensor([3], [1, 10, 100])))
        layer.stride = width(3)
        layer.padding = padding(3, axes: 1)
        layer.outputExtent = .size(width(2))
        #expect(try elements(.transposedConvolution(layer), tensor([2], [1, 2])) == [2, 20])
        layer.outputExtent = .size(width(3))
        let input = try shape(2)
        let network = Network(layers: [Layer(.transposedConvolution(layer))])
        let error = try #require(throws: EngineError.self) { try Engine().plan(network, input: input) }
        #expect(error.reason == .outputSize(found: 3, minimum: 1, maximum: 2, axis: 2))
    }

    @Test func outputsThatNoTapReachesHoldTheBias() throws {
        var layer = TransposedConvolution(spatialRank: 1, weight: .tensor(try tensor([1, 1, 1], [2])))
        layer.stride = width(3)
        layer.bias = try tensor([1], [5])
        #expect(try elements(.transposedConvolution(layer), counting(1, 2)) == [7, 5, 5, 9])
    }

    private func stridedLayer() throws -> TransposedConvolution {
        var layer = TransposedConvolution(spatialRank: 1, weight: .tensor(try tensor([3], [1, 10, 100])))
        layer.stride = width(2)
        return layer
    }
}
