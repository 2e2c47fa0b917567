import TestSupport
import Testing

@testable import ConvolutionEngine

/// Results that are put one after the other are written where they belong, and are what they would be by themselves.
@Suite struct ConcatenationFusionTests {
    private func convolution(_ inputs: Int, to outputs: Int, _ source: inout SeededRandom) throws
        -> ConvolutionEngine.Operation
    {
        var layer = Convolution(spatialRank: 2, weight: .tensor(try random([outputs, inputs, 3, 3], &source)))
        layer.padding = padding(1)
        return .convolution(layer)
    }

    /// Two convolutions, one with an activation, and a pool, one after the other; a reshape and a second such layer after.
    private func layers(_ source: inout SeededRandom) throws -> [Layer] {
        var pool = Pooling(spatialRank: 2, reduction: .maximum(returnsIndices: false), kernelSize: both(3))
        pool.stride = both(1)
        pool.padding = padding(1)
        return [
            Layer(try convolution(3, to: 5, &source), name: "one"),
            Layer(.activation(.relu), name: "bent"),
            Layer(try convolution(3, to: 7, &source), name: "two", inputs: ["input"]),
            Layer(.pooling(pool), name: "pool", inputs: ["input"]),
            Layer(.combination(.concatenate(axis: 1)), name: "joint", inputs: ["bent", "pool", "two"]),
            Layer(try convolution(15, to: 4, &source), name: "third"),
            Layer(.combination(.concatenate(axis: 1)), name: "second", inputs: ["joint", "third"]),
            Layer(.flatten(Flatten()), name: "flat"),
        ]
    }

    private func run(
        _ layers: [Layer],
        asking outputs: [String],
        _ input: Tensor,
        threads: Int
    ) throws -> (result: NetworkResult, plan: Plan) {
        var network = Network(layers: layers)
        network.outputs = outputs
        let engine = Engine(team: Team(size: threads))
        let plan = try engine.plan(network, input: input.shape)
        return (try #require(engine.run(plan, input: input)), plan)
    }

    @Test(arguments: [1, 2], [1, 3]) func theWholeIsWhatItsPartsGive(batch: Int, threads: Int) throws {
        var source = SeededRandom(seed: 1)
        let layers = try layers(&source), input = try random([batch, 3, 9, 11], &source)
        let (together, plan) = try run(layers, asking: [], input, threads: threads)
        // Whose result is asked for has memory of its own.
        let names = layers.compactMap(\.name)
        let (alone, other) = try run(layers, asking: names, input, threads: threads)
        #expect(together.output.array == alone.output.array)
        #expect(together.output.shape == alone.output.shape)
        #expect(plan.peakBytes <= other.peakBytes)
        for name in names {
            let (one, _) = try run(layers, asking: [name], input, threads: threads)
            let expected = try #require(alone.named.first { $0.name == name })
            #expect(one.named[0].tensor.array == expected.tensor.array, "\(name)")
        }
    }

    @Test func onlyPartsThatAreRunsOfTheWholeAreWrittenInPlace() throws {
        for (batch, expected) in [(1, [0, 2, 4]), (2, [])] {
            var source = SeededRandom(seed: 2)
            let layers = try layers(&source), input = try random([batch, 3, 9, 11], &source)
            let (_, plan) = try run(layers, asking: [], input, threads: 1)
            guard case .steps(let list) = plan.content else { throw Missing() }
            #expect(list.steps.indices.filter { list.steps[$0].place != nil } == expected + (batch == 1 ? [5, 6] : []))
        }
    }

    @Test func aPartThatIsUsedTwiceIsCopied() throws {
        var source = SeededRandom(seed: 3)
        let layers = [
            Layer(try convolution(3, to: 4, &source), name: "part"),
            Layer(.combination(.concatenate(axis: 1)), inputs: ["part", "part"]),
        ]
        let input = try random([1, 3, 5, 6], &source)
        let (twice, _) = try run(layers, asking: [], input, threads: 1)
        let (once, _) = try run(Array(layers.prefix(1)), asking: [], input, threads: 1)
        #expect(twice.output.array == once.output.array + once.output.array)
    }

    private struct Missing: Error {}
}
