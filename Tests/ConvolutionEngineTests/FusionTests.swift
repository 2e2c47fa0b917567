import TestSupport
import Testing

@testable import ConvolutionEngine

/// Layers that a convolution takes along give what they would give by themselves.
@Suite struct FusionTests {
    private static let extents = [2, 3, 9, 11]

    private func convolution(_ outputs: Int, from inputs: Int, _ source: inout SeededRandom) throws
        -> ConvolutionEngine.Operation
    {
        var layer = Convolution(spatialRank: 2, weight: .tensor(try random([outputs, inputs, 3, 3], &source)))
        layer.bias = try random([outputs], &source)
        layer.padding = padding(1)
        return .convolution(layer)
    }

    private func normalization(_ channels: Int, _ source: inout SeededRandom) throws -> ConvolutionEngine.Operation {
        var layer = BatchNormalization(
            spatialRank: 2,
            runningMean: try random([channels], &source),
            runningVariance: try tensor([channels], (0..<channels).map { 0.5 + Float($0) })
        )
        layer.weight = try random([channels], &source)
        layer.bias = try random([channels], &source)
        return .batchNormalization(layer)
    }

    /// A residual block whose shortcut is a convolution too.
    private func block(_ source: inout SeededRandom) throws -> [Layer] {
        [
            Layer(try convolution(4, from: 3, &source), name: "shortcut", inputs: ["input"]),
            Layer(try convolution(5, from: 3, &source), name: "first", inputs: ["input"]),
            Layer(try normalization(5, &source), name: "normal"),
            Layer(.activation(.relu), name: "relu"),
            Layer(try convolution(4, from: 5, &source), name: "second"),
            Layer(try normalization(4, &source), name: "normal2"),
            Layer(.combination(.add), name: "sum", inputs: ["normal2", "shortcut"]),
            Layer(.activation(.silu), name: "last"),
        ]
    }

    private func run(_ layers: [Layer], asking outputs: [String], _ input: Tensor) throws -> (NetworkResult, [String]) {
        var network = Network(layers: layers)
        network.outputs = outputs
        let engine = Engine()
        let plan = try engine.plan(network, input: input.shape)
        return (try #require(engine.run(plan, input: input)), plan.layers.map(\.algorithm))
    }

    @Test func aResidualBlockGivesWhatItsLayersGive() throws {
        var source = SeededRandom(seed: 1)
        let layers = try block(&source), input = try random(FusionTests.extents, &source)
        let (fused, algorithms) = try run(layers, asking: [], input)
        #expect(algorithms.enumerated().filter { $1 == "fused" }.map(\.offset) == [2, 3, 5, 6, 7])
        // Whose result is asked for must have one of its own.
        let (alone, others) = try run(layers, asking: layers.dropLast().compactMap(\.name), input)
        #expect(!others.dropLast().contains("fused"), "\(others)")
        #expect(agree(fused.output.array, alone.output.array, tolerance: 1e-5))
    }

    @Test(arguments: ["first", "normal", "relu", "second", "normal2", "sum"])
    func askingForOneResultChangesNoOther(_ name: String) throws {
        var source = SeededRandom(seed: 2)
        let layers = try block(&source), input = try random(FusionTests.extents, &source)
        let (all, _) = try run(layers, asking: layers.dropLast().compactMap(\.name), input)
        let (one, _) = try run(layers, asking: [name], input)
        #expect(agree(one.output.array, all.output.array, tolerance: 1e-5))
        let expected = try #require(all.named.first { $0.name == name })
        #expect(agree(one.named[0].tensor.array, expected.tensor.array, tolerance: 1e-5))
    }

    @Test func aResultWithTwoReadersIsLeftAlone() throws {
        var source = SeededRandom(seed: 3)
        let layers = [
            Layer(try convolution(3, from: 3, &source), name: "path"),
            Layer(.activation(.relu), name: "relu"),
            Layer(.combination(.add), inputs: ["path", "relu"]),
        ]
        let (result, algorithms) = try run(layers, asking: [], try random(FusionTests.extents, &source))
        #expect(!algorithms.contains("fused"))
        #expect(result.output.shape == (try shape(2, 3, 9, 11)))
    }

    @Test func statisticsThatFloatsDoNotHoldAreNotFolded() throws {
        var source = SeededRandom(seed: 4)
        var layer = BatchNormalization(
            spatialRank: 2,
            runningMean: try tensor([3], [0, 0, 0]),
            runningVariance: try tensor([3], [0, 1, 1])
        )
        layer.epsilon = 0
        let layers = [Layer(try convolution(3, from: 3, &source)), Layer(.batchNormalization(layer))]
        let (_, algorithms) = try run(layers, asking: [], try random(FusionTests.extents, &source))
        #expect(!algorithms.contains("fused"))
    }

    @Test func anAdditionThatBroadcastsIsLeftAlone() throws {
        var source = SeededRandom(seed: 5)
        let layers = [
            Layer(.activation(.tanh), name: "gate"),
            Layer(try convolution(1, from: 3, &source), name: "path"),
            Layer(.combination(.add), inputs: ["path", "gate"]),
        ]
        let (result, algorithms) = try run(layers, asking: [], try random(FusionTests.extents, &source))
        #expect(!algorithms.contains("fused"))
        #expect(result.output.shape == (try shape(2, 3, 9, 11)))
    }
}
