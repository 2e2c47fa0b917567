import TestSupport
import Testing

@testable import ConvolutionEngine

/// A depthwise convolution computed along with those around it gives what the layers give by themselves.
@Suite struct SeparableConvolutionTests {
    /// `inputs` and `outputs` are those of the convolutions before and after; `nil` where there is none.
    struct Block: CustomTestStringConvertible {
        var batch = 1
        var inputs: Int?
        /// Of the one before: 1 where it is pointwise.
        var window = 1
        var windowStride = 1
        var hidden: Int
        var multiplier = 1
        var outputs: Int?
        var extents: (Int, Int)
        var kernel = (3, 3)
        var stride = 1
        var dilation = 1
        var begin = 1
        var end = 1

        var testDescription: String {
            "\(inputs ?? 0)-\(hidden)×\(multiplier)-\(outputs ?? 0) of \(extents), \(window)/\(windowStride), \(kernel)/\(stride)"
        }

        var depthwise: ConvolutionGeometry {
            ConvolutionGeometry(
                batch: batch,
                groups: hidden,
                channels: 1,
                to: multiplier,
                input: Spatial(extents.0, extents.1),
                kernel: Spatial(kernel.0, kernel.1),
                stride: Spatial(repeating: stride),
                dilation: Spatial(repeating: dilation),
                begin: .pad(begin, begin),
                end: .pad(end, end)
            )
        }

        /// The convolution before, over a plane that is as much larger as its stride is.
        var expansion: ConvolutionGeometry? {
            inputs.map { inputs in
                ConvolutionGeometry(
                    batch: batch,
                    channels: inputs,
                    to: hidden,
                    input: Spatial(extents.0 * windowStride, extents.1 * windowStride),
                    kernel: Spatial(window, window),
                    stride: Spatial(repeating: windowStride),
                    begin: .pad(window / 2, window / 2),
                    end: .pad(window / 2, window / 2)
                )
            }
        }

        func pointwise(_ channels: Int, to outputs: Int, over extents: Spatial) -> ConvolutionGeometry {
            ConvolutionGeometry(
                batch: batch,
                channels: channels,
                to: outputs,
                input: Spatial(extents.height, extents.width),
                kernel: Spatial(1, 1)
            )
        }
    }

    static let blocks = [
        Block(inputs: 3, hidden: 16, outputs: 5, extents: (9, 11)),
        Block(batch: 2, inputs: 20, hidden: 37, outputs: 12, extents: (14, 14)),
        Block(inputs: 8, hidden: 40, outputs: 24, extents: (13, 20), stride: 2),
        Block(inputs: 5, hidden: 9, outputs: nil, extents: (7, 7)),
        Block(batch: 3, inputs: 16, hidden: 50, outputs: nil, extents: (8, 33), stride: 2, end: 0),
        Block(inputs: nil, hidden: 33, outputs: 17, extents: (12, 15)),
        Block(inputs: nil, hidden: 7, multiplier: 3, outputs: 4, extents: (6, 6), kernel: (5, 5), begin: 2, end: 2),
        Block(inputs: 4, hidden: 11, multiplier: 2, outputs: 6, extents: (17, 9), kernel: (7, 3), begin: 3, end: 1),
        Block(inputs: 6, hidden: 18, outputs: 8, extents: (20, 18), kernel: (5, 5), stride: 2, begin: 2, end: 2),
        Block(inputs: 6, hidden: 10, outputs: 8, extents: (16, 19), dilation: 3, begin: 3, end: 3),
        Block(inputs: 2, hidden: 8, outputs: 3, extents: (5, 4), kernel: (2, 2), stride: 3, begin: 0, end: 0),
        Block(inputs: 2, hidden: 8, outputs: 3, extents: (2, 5), kernel: (3, 3), begin: 4, end: 4),
        Block(inputs: 4, hidden: 400, outputs: 9, extents: (7, 7)),
        Block(inputs: 3, window: 3, windowStride: 2, hidden: 32, outputs: 16, extents: (15, 19)),
        Block(batch: 2, inputs: 3, window: 3, windowStride: 2, hidden: 18, outputs: nil, extents: (9, 16), stride: 2),
        Block(inputs: 5, window: 3, hidden: 21, multiplier: 2, outputs: 7, extents: (11, 52)),
        Block(
            inputs: 4,
            window: 7,
            windowStride: 2,
            hidden: 24,
            outputs: 9,
            extents: (12, 9),
            kernel: (5, 5),
            begin: 2,
            end: 2
        ),
        Block(inputs: 2, window: 5, windowStride: 3, hidden: 9, outputs: 4, extents: (2, 5), begin: 4, end: 4),
    ]

    @Test(arguments: blocks) func everyBandGivesTheSameBits(_ block: Block) throws {
        for kernels in KernelSet.supported {
            for rows in Set([1, 2, 3, block.depthwise.output.height]) {
                try compare(block, [.relu6, .hardswish, .silu], adds: true, rows: rows, kernels: kernels, odd: [])
                let odd: [Float] = [.infinity, .nan, -.infinity]
                try compare(block, [.relu, nil, .relu6], adds: false, rows: rows, kernels: kernels, odd: odd)
                try compare(block, [nil, .relu6, nil], adds: true, rows: rows, kernels: kernels, odd: odd)
            }
        }
    }

    /// - Parameters:
    ///   - activations: of the expansion, the depthwise convolution and the projection.
    ///   - adds: whether the projection adds something.
    ///   - odd: put somewhere into the input.
    private func compare(
        _ block: Block,
        _ activations: [Activation?],
        adds: Bool,
        rows: Int,
        kernels: KernelSet,
        odd: [Float]
    ) throws {
        let depthwise = block.depthwise
        let expansion = block.expansion
        let projection = block.outputs.map {
            block.pointwise(block.hidden * block.multiplier, to: $0, over: depthwise.output)
        }
        let plan = try #require(
            SeparablePlan(
                expansion: expansion,
                depthwise: depthwise,
                projection: projection,
                rows: rows,
                threads: 2,
                kernels: kernels
            )
        )
        var source = SeededRandom(seed: 5)
        let geometries = [expansion, depthwise, projection].compactMap { $0 }
        var numbers = source.floats(geometries[0].inputCount)
        for (place, number) in odd.enumerated() { numbers[(place + 1) * numbers.count / 5] = number }
        let input = GuardedFloats(numbers, edge: .back)
        var weights: [Tensor] = [], biases: [Tensor] = [], prepared: [PreparedConvolution] = []
        for geometry in geometries {
            weights.append(try random([geometry.weightCount], &source))
            biases.append(try random([geometry.groups * geometry.outputChannels], &source))
            prepared.append(
                PreparedConvolution.prepare(
                    geometry,
                    weight: weights[weights.count - 1],
                    algorithm: geometry.isPointwise ? .pointwise : geometry.groups > 1 ? .depthwise : .window,
                    kernels: kernels,
                    blocking: Blocking(depth: 16, outputFloats: 4096, bandFloats: 4096)
                )
            )
        }
        let last = geometries[geometries.count - 1]
        let residual = projection == nil || !adds ? nil : source.floats(last.outputCount)
        // One after the other.
        var expected = numbers
        let places = [expansion, depthwise, projection].enumerated().filter { $1 != nil }.map(\.offset)
        for (convolution, (bias, place)) in zip(prepared, zip(biases, places)) {
            let addition = place == 2 ? residual : nil
            var output = [Float](repeating: 0, count: convolution.geometry.outputCount)
            convolution.run(input: expected, bias: bias.array, output: &output, team: Team(size: 1))
            Epilogue(addsResidual: addition != nil, activation: activations[place])
                .apply(&output, count: output.count, residual: addition, kernels: kernels)
            expected = output
        }
        // Together.
        func part(_ place: Int, _ activation: Activation?) -> SeparableConvolution.Part {
            SeparableConvolution.Part(bias: biases[place], activation: activation)
        }
        let middle = expansion == nil ? 0 : 1
        let window = (prepared[0].executor as? WindowConvolution).map {
            SeparableConvolution.Expansion.window(WindowConvolution($0, rows: plan.mostInputRows))
        }
        let first = window ?? (prepared[0].executor as? MatrixConvolution).map { .pointwise($0) }
        let convolution = SeparableConvolution(
            plan,
            expansion: expansion == nil ? nil : (try #require(first), part(0, activations[0])),
            weight: weights[middle],
            depthwise: part(middle, activations[1]),
            projection: projection == nil
                ? nil
                : (try #require(prepared[middle + 1].executor as? MatrixConvolution), part(middle + 1, activations[2])),
            kernels: kernels
        )
        for size in [1, 3] {
            let output = GuardedFloats(count: last.outputCount, edge: .back)
            output.pointer.update(repeating: .signalingNaN, count: output.count)
            convolution.run(input.pointer, residual: residual, output: output.pointer, team: Team(size: size))
            let found = Array(UnsafeBufferPointer(start: output.pointer, count: output.count))
            let wrong = zip(found, expected).enumerated().first { _, pair in
                pair.0.bitPattern != pair.1.bitPattern && !(pair.0.isNaN && pair.1.isNaN)
            }
            #expect(
                wrong == nil,
                "\(kernels.name), \(rows) rows a band, \(size) threads, first at \(wrong?.offset ?? 0)"
            )
        }
    }
}

/// When the planner computes layers together.
@Suite struct SeparableFusionTests {
    /// An inverted residual block as MobileNetV2 has them, of 14 × 14 pixels.
    private func block(
        spoiling spoilt: Float? = nil,
        _ source: inout SeededRandom
    ) throws -> [Layer] {
        func pointwise(_ inputs: Int, to outputs: Int) throws -> Convolution {
            var layer = Convolution(spatialRank: 2, weight: .tensor(try random([outputs, inputs, 1, 1], &source)))
            layer.bias = try random([outputs], &source)
            return layer
        }
        var taps = (0..<96 * 9).map { _ in Float.random(in: -1...1, using: &source) }
        if let spoilt { taps[100] = spoilt }
        var depthwise = Convolution(spatialRank: 2, weight: .tensor(try tensor([96, 1, 3, 3], taps)))
        depthwise.groups = 96
        depthwise.padding = padding(1)
        return [
            Layer(.activation(.tanh), name: "start"),
            Layer(.convolution(try pointwise(16, to: 96)), name: "expanded"),
            Layer(.activation(.relu6), name: "first"),
            Layer(.convolution(depthwise), name: "filtered"),
            Layer(.activation(.relu6), name: "second"),
            Layer(.convolution(try pointwise(96, to: 16)), name: "projected"),
            Layer(.combination(.add), name: "sum", inputs: ["projected", "start"]),
        ]
    }

    private func run(
        _ layers: [Layer],
        asking outputs: [String] = [],
        threads: Int = 1,
        _ input: Tensor
    ) throws -> (output: [Float], plan: Plan) {
        var network = Network(layers: layers)
        network.outputs = outputs
        let engine = Engine(team: Team(size: threads))
        let plan = try engine.plan(network, input: input.shape)
        return (try #require(engine.run(plan, input: input)).output.array, plan)
    }

    @Test(arguments: [1, 2, 4]) func aBlockIsOneStep(threads: Int) throws {
        var source = SeededRandom(seed: 1)
        let layers = try block(&source), input = try random([2, 16, 28, 28], &source)
        let together = try run(layers, threads: threads, input)
        let names = ["rows", "fused", "fused", "fused", "fused", "separable", "fused"]
        #expect(together.plan.layers.map(\.algorithm) == names)
        let alone = try run(layers, asking: layers.dropLast().compactMap(\.name), input)
        #expect(!alone.plan.layers.map(\.algorithm).contains("separable"))
        #expect(together.output == alone.output)
        // What is in between is never there as a whole.
        #expect(together.plan.peakBytes < alone.plan.peakBytes)
    }

    /// What networks for small devices begin with.
    private func start(_ activation: Activation, _ source: inout SeededRandom) throws -> [Layer] {
        func convolution(_ shape: [Int], groups: Int = 1, stride: Int = 1, padded: Int = 1) throws -> Convolution {
            var layer = Convolution(spatialRank: 2, weight: .tensor(try random(shape, &source)))
            layer.bias = try random([shape[0]], &source)
            layer.groups = groups
            layer.stride = Spatial(stride, stride)
            layer.padding = padding(padded)
            return layer
        }
        return [
            Layer(.convolution(try convolution([32, 3, 3, 3], stride: 2)), name: "stem"),
            Layer(.activation(activation), name: "first"),
            Layer(.convolution(try convolution([32, 1, 3, 3], groups: 32)), name: "filtered"),
            Layer(.activation(activation), name: "second"),
            Layer(.convolution(try convolution([16, 32, 1, 1], padded: 0)), name: "projected"),
        ]
    }

    @Test(arguments: [1, 2, 4], [Activation.relu6, .silu])
    func aNetworksFirstConvolutionGoesAlong(threads: Int, activation: Activation) throws {
        var source = SeededRandom(seed: 6)
        let layers = try start(activation, &source), input = try random([1, 3, 112, 104], &source)
        let together = try run(layers, threads: threads, input)
        #expect(together.plan.layers.map(\.algorithm) == ["fused", "fused", "fused", "fused", "separable"])
        let alone = try run(layers, asking: layers.dropLast().compactMap(\.name), input)
        #expect(alone.plan.layers.map(\.algorithm) == ["window", "rows", "depthwise", "rows", "pointwise"])
        #expect(together.output == alone.output)
        let asked = try run(layers, asking: ["first"], threads: threads, input)
        #expect(asked.plan.layers.map(\.algorithm) == ["window", "fused", "fused", "fused", "separable"])
        #expect(asked.output == alone.output)
    }

    @Test(arguments: ["expanded", "first", "filtered", "second", "projected"])
    func askingForOneResultChangesNoOther(_ name: String) throws {
        var source = SeededRandom(seed: 2)
        let layers = try block(&source), input = try random([1, 16, 28, 28], &source)
        let all = try run(layers, input), one = try run(layers, asking: [name], input)
        #expect(all.output == one.output)
        let engine = Engine()
        var network = Network(layers: layers)
        network.outputs = [name]
        let plan = try engine.plan(network, input: input.shape)
        let result = try #require(engine.run(plan, input: input))
        network.outputs = layers.compactMap(\.name)
        let whole = try engine.plan(network, input: input.shape)
        let expected = try #require(engine.run(whole, input: input)?.named.first { $0.name == name })
        #expect(result.named[0].tensor.array == expected.tensor.array)
    }

    @Test(arguments: [Float.nan, .infinity]) func weightsThatSpoilPaddingKeepALayerApart(_ number: Float) throws {
        var source = SeededRandom(seed: 3)
        let layers = try block(spoiling: number, &source), input = try random([1, 16, 28, 28], &source)
        let algorithms = try run(layers, input).plan.layers.map(\.algorithm)
        #expect(!algorithms.contains("separable") && algorithms.contains("plain"), "\(algorithms)")
    }

    @Test func aBlockAsksWhetherItIsStillWanted() throws {
        var source = SeededRandom(seed: 4)
        let layers = try block(&source), input = try random([8, 16, 28, 28], &source)
        let engine = Engine(team: Team(size: 1))
        let plan = try engine.plan(Network(layers: layers), input: input.shape)
        let whole = engine.run(plan, input, cancelledFrom: .max)
        #expect(whole.result != nil)
        #expect(whole.asked > 8 + layers.count, "it asks within the step, not only after each layer")
        let cut = engine.run(plan, input, cancelledFrom: whole.asked / 2)
        #expect(cut.result == nil && cut.asked < whole.asked)
    }
}
