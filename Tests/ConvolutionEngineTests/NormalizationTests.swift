import ConvolutionEngine
import Testing

/// Numbers from PyTorch 2.13, of 1 to 12 as [1, 2, 2, 3].
@Suite struct NormalizationTests {
    @Test func batchNormalization() throws {
        var layer = BatchNormalization(
            spatialRank: 2,
            runningMean: try tensor([2], [1, 2]),
            runningVariance: try tensor([2], [4, 9])
        )
        layer.weight = try tensor([2], [1, -1])
        layer.bias = try tensor([2], [0.5, 0])
        let expected: [Float] = [
            0.5, 0.9999994, 1.4999988, 1.9999982, 2.4999976, 2.9999971, -1.6666657, -1.9999988, -2.3333321, -2.6666651,
            -2.9999981, -3.3333314,
        ]
        #expect(agree(try elements(.batchNormalization(layer), counting(1, 2, 2, 3)), expected))
        #expect(agree(try elements(.batchNormalization(layer), counting(2, 2, 3)), expected))
    }

    @Test func layerNormalization() throws {
        var layer = LayerNormalization(normalizedShape: [3])
        layer.weight = try tensor([3], [1, 2, 3])
        layer.bias = try tensor([3], [0, 0, 1])
        let row: [Float] = [-1.2247356, 0, 4.6742067]
        #expect(agree(try elements(.layerNormalization(layer), counting(1, 2, 2, 3)), row + row + row + row))
        let error = try planningError(.layerNormalization(layer), 2, 4)
        #expect(error.parameter == "normalized_shape")
    }

    @Test func groupNormalization() throws {
        var layer = GroupNormalization(groups: 1)
        layer.weight = try tensor([2], [1, 2])
        layer.bias = try tensor([2], [0, 1])
        let expected: [Float] = [
            -1.5932545, -1.3035719, -1.0138893, -0.72420669, -0.43452409, -0.14484149, 1.2896822, 1.8690474, 2.4484127,
            3.0277777, 3.6071429, 4.1865082,
        ]
        #expect(agree(try elements(.groupNormalization(layer), counting(1, 2, 2, 3)), expected))
        layer.groups = 3
        #expect(
            try planningError(.groupNormalization(layer), 1, 2, 2)
                == EngineError(.groups(found: 3, channels: 2, of: .input), parameter: "num_groups", layer: 0)
        )
    }

    @Test func instanceNormalization() throws {
        let plane: [Float] = [-1.4638476, -0.87830865, -0.29276957, 0.29276943, 0.87830848, 1.4638475]
        let layer = GroupNormalization(groups: nil)
        #expect(agree(try elements(.groupNormalization(layer), counting(1, 2, 2, 3)), plane + plane))
    }

    @Test func localResponseNormalization() throws {
        var layer = LocalResponseNormalization(size: 2)
        (layer.alpha, layer.beta, layer.k) = (1, 0.5, 2)
        let expected: [Float] = [
            0.63245553, 1, 1.1766968, 1.2649111, 1.3130643, 1.3416407, 1.3471507, 1.3333334, 1.3127849, 1.2909944,
            1.2701707, 1.2510865,
        ]
        #expect(agree(try elements(.localResponseNormalization(layer), counting(1, 2, 2, 3)), expected))
    }
}
