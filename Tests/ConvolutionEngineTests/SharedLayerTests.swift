import TestSupport
import Testing

@testable import ConvolutionEngine

/// Layers beside convolution that share their work among threads and may be stopped.
@Suite struct SharedLayerTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var operation: ConvolutionEngine.Operation
        var extents: [Int]
        var inputs = 1

        var testDescription: String { "\(operation.name) of \(extents)" }
    }

    static let examples: [Example] = {
        let picture = [2, 8, 96, 90]
        func pool(_ reduction: Pooling.Reduction, _ size: Int, stride: Int) -> Example {
            var layer = Pooling(spatialRank: 2, reduction: reduction, kernelSize: both(size))
            (layer.stride, layer.padding) = (both(stride), padding(size / 2))
            return Example(operation: .pooling(layer), extents: picture)
        }
        func adaptive(_ reduction: AdaptivePooling.Reduction, _ size: Int) -> Example {
            let layer = AdaptivePooling(spatialRank: 2, reduction: reduction, outputSize: [size, size])
            return Example(operation: .adaptivePooling(layer), extents: picture)
        }
        var examples = [
            pool(.maximum(returnsIndices: false), 3, stride: 2), pool(.maximum(returnsIndices: false), 13, stride: 1),
            pool(.maximum(returnsIndices: true), 3, stride: 2),
            pool(.average(countsPadding: false, divisorOverride: nil), 5, stride: 1),
            pool(.average(countsPadding: true, divisorOverride: nil), 9, stride: 2), pool(.norm(p: 2), 3, stride: 2),
            pool(.norm(p: 1.5), 2, stride: 1), adaptive(.average, 1), adaptive(.average, 7),
            adaptive(.maximum(returnsIndices: false), 7), adaptive(.maximum(returnsIndices: true), 7),
            adaptive(.maximum(returnsIndices: true), 6),
        ]
        let functions: [Activation] = [.relu, .gelu(tanhApproximation: false), .silu]
        examples += functions.map { Example(operation: .activation($0), extents: picture) }
        examples += [
            Example(operation: .softmax(Softmax(axis: 1, isLogarithmic: false)), extents: picture),
            Example(operation: .softmax(Softmax(axis: -1, isLogarithmic: true)), extents: picture),
            Example(operation: .layerNormalization(LayerNormalization(normalizedShape: [90])), extents: picture),
            Example(operation: .groupNormalization(GroupNormalization(groups: nil)), extents: picture),
            Example(operation: .localResponseNormalization(LocalResponseNormalization(size: 5)), extents: picture),
            Example(operation: .upsample(Upsample(target: .scale([2]))), extents: picture),
            Example(operation: .pad(Pad(amounts: [[1, 2], [3, 4]])), extents: picture),
            Example(operation: .combination(.add), extents: picture, inputs: 2),
            Example(operation: .combination(.concatenate(axis: 1)), extents: picture, inputs: 2),
            Example(operation: .unfold(Unfold(kernelSize: both(2))), extents: picture),
        ]
        var bilinear = Upsample(target: .scale([1.5]))
        bilinear.mode = .bilinear
        examples.append(Example(operation: .upsample(bilinear), extents: picture))
        return examples
    }()

    private func network(_ example: Example) -> Network {
        Network(layers: [
            Layer(example.operation, inputs: Array(repeating: "input", count: example.inputs > 1 ? example.inputs : 0))
        ])
    }

    @Test("give the same bits on any number of threads", arguments: examples)
    func threads(_ example: Example) throws {
        var source = SeededRandom(seed: 4)
        let input = try random(example.extents, &source)
        let results = try [1, 2, 3, 8].map { size in
            let engine = Engine(team: Team(size: size))
            let plan = try engine.plan(network(example), input: input.shape)
            return try #require(engine.run(plan, input: input))
        }
        for other in results.dropFirst() {
            // Said in one word: the differences of long lists take minutes to write down.
            let isSame = other.output.array.map(\.bitPattern) == results[0].output.array.map(\.bitPattern)
            let isSamePlace = other.indices?.values == results[0].indices?.values
            #expect(isSame && isSamePlace)
        }
    }

    @Test("stop within the layer when nobody wants the result any more", arguments: examples)
    func cancellation(_ example: Example) throws {
        var source = SeededRandom(seed: 5)
        let input = try random(example.extents, &source)
        let engine = Engine(team: Team(size: 1))
        let plan = try engine.plan(network(example), input: input.shape)
        let asked = Tally()
        #expect(engine.run(plan, input: input) { asked.next() < 0 } != nil)
        #expect(asked.count >= 3, "asked \(asked.count) times")
        let again = Tally()
        #expect(engine.run(plan, input: input) { again.next() >= 1 } == nil)
        // Plain loops go on asking, and compute nothing.
        #expect(again.count <= asked.count, "\(again.count) of \(asked.count)")
    }
}
