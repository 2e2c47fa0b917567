import ConvolutionEngine
import TestSupport
import Testing

/// Numbers that only a mistake or an attack sends: always an error with evidence, never a trap, never much memory.
@Suite struct AbsurdParameterTests {
    private static let absurd = [-1, 1_000_000_000, 1 << 31 - 1, 1 << 31, 1 << 40, 1 << 62, Int.max, Int.min]

    @Test(arguments: absurd)
    func convolution(_ value: Int) throws {
        let weight = try counting(1, 1, 3, 3)
        for change in 0..<4 {
            var layer = Convolution(spatialRank: 2, weight: .tensor(weight))
            switch change {
            case 0: layer.stride = both(value)
            case 1: layer.dilation = both(value)
            case 2: layer.padding = padding(value)
            default: layer.groups = value
            }
            try expectAnErrorOrASmallPlan(.convolution(layer))
        }
        try expectAnErrorOrASmallPlan(
            .convolution(
                Convolution(spatialRank: 2, weight: .unspecified(outChannels: value, kernelSize: both(value)))
            )
        )
    }

    @Test(arguments: absurd)
    func transposedConvolution(_ value: Int) throws {
        let weight = try counting(1, 1, 3, 3)
        for change in 0..<6 {
            var layer = TransposedConvolution(spatialRank: 2, weight: .tensor(weight))
            switch change {
            case 0: layer.stride = both(value)
            case 1: layer.dilation = both(value)
            case 2: layer.padding = padding(value)
            case 3: layer.outputExtent = .padding(both(value, neutral: 0))
            case 4: layer.outputExtent = .size(both(value))
            default: layer.groups = value
            }
            try expectAnErrorOrASmallPlan(.transposedConvolution(layer))
        }
    }

    @Test(arguments: absurd, [false, true])
    func pooling(_ value: Int, _ ceilMode: Bool) throws {
        for reduction in [
            Pooling.Reduction.maximum(returnsIndices: true), .average(countsPadding: true, divisorOverride: value),
            .norm(p: 2),
        ] {
            for change in 0..<5 {
                var layer = Pooling(spatialRank: 2, reduction: reduction, kernelSize: both(2))
                layer.ceilMode = ceilMode
                switch change {
                case 0: layer.stride = both(value)
                case 1: layer.dilation = both(value)
                case 2: layer.padding = padding(value)
                case 3: (layer.kernelSize, layer.stride) = (both(value), both(value))
                default: (layer.kernelSize, layer.padding) = (both(value), padding(value &- 1))
                }
                try expectAnErrorOrASmallPlan(.pooling(layer))
            }
        }
    }

    @Test(arguments: absurd)
    func everythingElse(_ value: Int) throws {
        let indices = IndexTensor(shape: try shape(1, 1, 4, 4), values: Array(repeating: 0, count: 16))
        var unpooling = Unpooling(spatialRank: 2, indices: indices, kernelSize: both(2))
        unpooling.outputSize = both(value)
        var wide = Unpooling(spatialRank: 2, indices: indices, kernelSize: both(value))
        wide.padding = padding(value)
        var unfold = Unfold(kernelSize: both(2))
        unfold.padding = padding(value)
        var folded = Fold(outputSize: both(value), kernelSize: both(2))
        folded.stride = both(value)
        let operations: [ConvolutionEngine.Operation] = [
            .unpooling(unpooling), .unpooling(wide), .unfold(unfold), .unfold(Unfold(kernelSize: both(value))),
            .fold(folded), .fold(Fold(outputSize: both(5), kernelSize: both(value))),
            .adaptivePooling(
                AdaptivePooling(spatialRank: 2, reduction: .average, outputSize: [value, nil])
            ),
            .softmax(Softmax(axis: value, isLogarithmic: false)),
            .pad(Pad(amounts: [[value, value], [0, 0]])),
            .upsample(Upsample(target: .size([value, value]))),
            .upsample(Upsample(target: .scale([Double(value)]))),
            .groupNormalization(GroupNormalization(groups: value)),
            .layerNormalization(LayerNormalization(normalizedShape: [value, value])),
            .localResponseNormalization(LocalResponseNormalization(size: value)),
            .combination(.concatenate(axis: value)),
            .linear(Linear(weight: .unspecified(outFeatures: value))),
        ]
        for operation in operations { try expectAnErrorOrASmallPlan(operation) }
    }

    @Test(arguments: [
        [1 << 62, 1, 1, 2], [1, 1, 1 << 62, 1], [0, 1 << 31, 1 << 31, 1], [1, 1, 1 << 50, 1], [1 << 20, 1 << 20, 1, 1],
    ])
    func anInputOfAbsurdExtents(_ extents: [Int]) throws {
        guard let input = Shape(checking: extents) else { return }
        let layers: [ConvolutionEngine.Operation] = [
            .convolution(Convolution(spatialRank: 2, weight: .unspecified(outChannels: 4, kernelSize: both(1)))),
            .pooling(Pooling(spatialRank: 2, reduction: .norm(p: 1), kernelSize: both(1))),
            .flatten(Flatten()), .activation(.relu), .upsample(Upsample(target: .scale([2]))),
            .pad(Pad(amounts: [[1, 1]])), .groupNormalization(GroupNormalization(groups: nil)),
            .transposedConvolution(
                TransposedConvolution(spatialRank: 2, weight: .unspecified(outChannels: 1, kernelSize: both(2)))
            ),
        ]
        for layer in layers {
            // Any answer will do, but there must be one.
            _ = try? Engine().shapes(Network(layers: [Layer(layer)]), input: input)
            if input.elementCount > 0 {
                #expect(throws: EngineError.self) { try Engine().plan(Network(layers: [Layer(layer)]), input: input) }
            }
        }
    }

    /// Absurd numbers that excuse each other: a padding as large as the dilated kernel, a stride that leaves one output.
    @Test(arguments: 0..<40)
    func absurdNumbersTogether(_ seed: UInt64) throws {
        var source = SeededRandom(seed: seed)
        let weight = try counting(1, 1, 3, 3)
        func number() -> Int {
            let largest = Window.maximumParameter
            let choices = [1, 2, 3, 64, 65, 4095, 4096, largest / 2, largest - 1, largest]
            return choices.randomElement(using: &source) ?? 1
        }
        for _ in 0..<40 {
            let (stride, dilation, cells) = (both(number()), both(number()), padding(number()))
            var convolution = Convolution(spatialRank: 2, weight: .tensor(weight))
            (convolution.stride, convolution.dilation, convolution.padding) = (stride, dilation, cells)
            try expectAnErrorOrASmallPlan(.convolution(convolution))
            var transposed = TransposedConvolution(spatialRank: 2, weight: .tensor(weight))
            (transposed.stride, transposed.dilation, transposed.padding) = (stride, dilation, cells)
            try expectAnErrorOrASmallPlan(.transposedConvolution(transposed))
            for reduction in [
                Pooling.Reduction.maximum(returnsIndices: false), .average(countsPadding: true, divisorOverride: nil),
            ] {
                var pool = Pooling(spatialRank: 2, reduction: reduction, kernelSize: both(number()))
                (pool.stride, pool.dilation, pool.padding) = (stride, dilation, cells)
                pool.ceilMode = Bool.random(using: &source)
                try expectAnErrorOrASmallPlan(.pooling(pool))
            }
        }
    }

    /// Planning and reporting shapes both answer; what is planned stays within limits that take no time to run.
    private func expectAnErrorOrASmallPlan(_ operation: ConvolutionEngine.Operation) throws {
        let network = Network(layers: [Layer(operation)])
        let limits = PlanLimits(elementsPerTensor: 1 << 16, bytes: 1 << 22, multiplyAccumulates: 1 << 20, layers: 1)
        let input = try counting(1, 1, 4, 4)
        _ = try? Engine().shapes(network, input: input.shape)
        do throws(EngineError) {
            let plan = try Engine().plan(network, input: input.shape, limits: limits)
            #expect(plan.peakBytes <= limits.bytes)
            #expect(Engine().run(plan, input: input)?.output.shape == plan.outputShape)
        } catch {
            #expect(error.layer == 0)
        }
    }
}
