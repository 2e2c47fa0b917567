import ConvolutionEngine
import Testing

/// What does not fit is refused with the parameter, what was found and what was expected.
@Suite struct EngineErrorTests {
    @Test func channelsThatDoNotFit() throws {
        let layer = Convolution(spatialRank: 2, weight: .tensor(try counting(8, 4, 3, 3)))
        #expect(
            try planningError(.convolution(layer), 1, 3, 32, 32)
                == EngineError(
                    .inputChannels(
                        weight: try shape(8, 4, 3, 3),
                        input: try shape(1, 3, 32, 32),
                        channels: 3,
                        groups: 1
                    ),
                    parameter: "weight",
                    layer: 0
                )
        )
        let transposed = TransposedConvolution(spatialRank: 2, weight: .tensor(try counting(4, 8, 3, 3)))
        #expect(
            try planningError(.transposedConvolution(transposed), 3, 32, 32).reason
                == .transposedInputChannels(weight: try shape(4, 8, 3, 3), input: try shape(3, 32, 32), channels: 3)
        )
        var grouped = Convolution(spatialRank: 2, weight: .tensor(try counting(3, 2, 1, 1)))
        grouped.groups = 2
        #expect(
            try planningError(.convolution(grouped), 4, 2, 2)
                == EngineError(.groups(found: 2, channels: 3, of: .output), parameter: "groups", layer: 0)
        )
    }

    @Test func aKernelLargerThanThePaddedInput() throws {
        var layer = Convolution(spatialRank: 2, weight: .tensor(try counting(3, 3)))
        layer.dilation = both(2)
        layer.padding = .explicit(begin: both(1, neutral: 0), end: both(0, neutral: 0))
        #expect(
            try planningError(.convolution(layer), 4, 3)
                == EngineError(
                    .kernelExceedsInput(kernel: 3, dilation: 2, effective: 5, padded: 4, axis: 2),
                    parameter: "kernel_size",
                    layer: 0
                )
        )
    }

    @Test func ranksExtentsAndBias() throws {
        var layer = Convolution(spatialRank: 2, weight: .tensor(try counting(2, 1, 3, 3)))
        #expect(
            try planningError(.convolution(layer), 5)
                == EngineError(.rank(found: try shape(5), expected: [2, 3, 4]), parameter: "input", layer: 0)
        )
        #expect(
            try planningError(.convolution(layer), 1, 1, 0, 5)
                == EngineError(.zeroExtent(found: try shape(1, 1, 0, 5), axis: 2), parameter: "input")
        )
        #expect(
            try planningError(.convolution(layer), 0, 5, 5)
                == EngineError(.zeroExtent(found: try shape(0, 5, 5), axis: 0), parameter: "input", layer: 0)
        )
        layer.bias = try counting(3)
        #expect(
            try planningError(.convolution(layer), 1, 5, 5)
                == EngineError(.shape(found: try shape(3), expected: try shape(2)), parameter: "bias", layer: 0)
        )
        let empty = Convolution(spatialRank: 2, weight: .tensor(try tensor([1, 1, 0, 3], [])))
        #expect(
            try planningError(.convolution(empty), 5, 5)
                == EngineError(.zeroExtent(found: try shape(1, 1, 0, 3), axis: 2), parameter: "weight", layer: 0)
        )
    }

    @Test func aPoolWhoseWindowCouldLieInPaddingAlone() throws {
        var layer = Pooling(spatialRank: 2, reduction: .maximum(returnsIndices: false), kernelSize: both(2))
        layer.padding = padding(2)
        #expect(
            try planningError(.pooling(layer), 5, 5)
                == EngineError(.poolPadding(found: 2, effectiveKernel: 2, axis: 1), parameter: "padding", layer: 0)
        )
    }

    @Test(arguments: [(PaddingMode.reflect, 3, 2), (.circular, 4, 3)])
    func aPaddingModeThatReachesTooFar(_ mode: PaddingMode, _ cells: Int, _ maximum: Int) throws {
        var layer = Convolution(spatialRank: 1, weight: .tensor(try counting(1)))
        layer.paddingMode = mode
        layer.padding = padding(cells, axes: 1)
        #expect(
            try planningError(.convolution(layer), 3)
                == EngineError(
                    .paddingMode(mode: mode.rawValue, found: cells, maximum: maximum, axis: 2),
                    parameter: "padding",
                    layer: 0
                )
        )
        layer.padding = padding(maximum, axes: 1)
        #expect(try elements(.convolution(layer), counting(3)).count == 3 + 2 * maximum)
    }

    @Test func parametersOutOfTheirRange() throws {
        var pool = Pooling(
            spatialRank: 1,
            reduction: .average(countsPadding: true, divisorOverride: 0),
            kernelSize: width(2)
        )
        #expect(
            try planningError(.pooling(pool), 4) == EngineError(.zeroDivisor, parameter: "divisor_override", layer: 0)
        )
        pool.reduction = .norm(p: -1)
        #expect(
            try planningError(.pooling(pool), 4)
                == EngineError(.outOfRange(found: -1, requirement: .aboveZero), parameter: "norm_type", layer: 0)
        )
        pool.reduction = .norm(p: 2)
        pool.stride = width(0)
        #expect(
            try planningError(.pooling(pool), 4)
                == EngineError(.tooSmall(found: 0, minimum: 1, axis: 2), parameter: "stride", layer: 0)
        )
        #expect(
            try planningError(.softmax(Softmax(axis: 2, isLogarithmic: false)), 3, 4)
                == EngineError(.axis(found: 2, rank: 2), parameter: "dim", layer: 0)
        )
        var transposed = TransposedConvolution(spatialRank: 1, weight: .tensor(try counting(3)))
        transposed.stride = width(2)
        transposed.outputExtent = .padding(width(2, neutral: 0))
        #expect(
            try planningError(.transposedConvolution(transposed), 4)
                == EngineError(
                    .outputPadding(found: 2, stride: 2, dilation: 1, axis: 2),
                    parameter: "output_padding",
                    layer: 0
                )
        )
    }

    @Test func foldAndLinearThatDoNotFit() throws {
        #expect(
            try planningError(.fold(Fold(outputSize: both(3), kernelSize: both(2))), 6, 4).reason
                == .foldChannels(found: 6, kernelCells: 4)
        )
        #expect(
            try planningError(.fold(Fold(outputSize: both(3), kernelSize: both(2))), 4, 5).reason
                == .foldColumns(found: 5, expected: 4)
        )
        #expect(
            try planningError(.linear(Linear(weight: .tensor(try counting(2, 3)))), 7, 4).reason
                == .features(weight: try shape(2, 3), input: try shape(7, 4))
        )
    }
}
