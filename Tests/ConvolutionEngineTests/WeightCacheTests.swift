import ConvolutionEngine
import TestSupport
import Testing

/// What `Engine.weightCache` keeps, seen through plans.
@Suite struct WeightCacheTests {
    /// A 3×3 convolution of 8 to 8 channels: large enough to be packed.
    private func network(_ weight: Tensor, _ change: (inout Convolution) -> Void = { _ in }) -> Network {
        var convolution = Convolution(spatialRank: 2, weight: .tensor(weight))
        change(&convolution)
        return Network(layers: [Layer(.convolution(convolution))])
    }

    private func someWeight(_ source: inout SeededRandom) throws -> Tensor { try random([8, 8, 3, 3], &source) }

    @Test func equalWeightsArePreparedOnce() throws {
        var source = SeededRandom(seed: 1)
        let engine = Engine()
        let input = try random([1, 8, 12, 12], &source), first = try someWeight(&source)
        let copy = try tensor([8, 8, 3, 3], first.array)
        let plan = try engine.plan(network(first), input: input.shape)
        #expect(engine.weightCache.reading.misses == 1)
        let again = try engine.plan(network(copy), input: input.shape)
        #expect(engine.weightCache.reading.hits == 1)
        #expect(engine.weightCache.reading.entries == 1)
        #expect(engine.weightCache.reading.bytes >= 2 * 8 * 8 * 9 * 4)
        let expected = try #require(engine.run(plan, input: input)?.output.array)
        #expect(engine.run(again, input: input)?.output.array == expected)
    }

    /// Elements that the digest does not look at differ, as well as those that it does; -0 differs from 0.
    @Test func weightsThatDifferAnywhereAreNotTheSame() throws {
        var source = SeededRandom(seed: 2)
        let engine = Engine(), plain = Engine(cacheBytes: 0)
        let input = try random([1, 8, 12, 12], &source)
        var elements = try someWeight(&source).array
        elements[1] = 0
        _ = try engine.plan(network(try tensor([8, 8, 3, 3], elements)), input: input.shape)
        for place in [0, 1, 2, 17, 18, 19, 300, 575] {
            var changed = elements
            changed[place] = place == 1 ? -0.0 : changed[place] + 1
            let weight = try tensor([8, 8, 3, 3], changed)
            let plan = try engine.plan(network(weight), input: input.shape)
            let expected = plain.run(try plain.plan(network(weight), input: input.shape), input: input)
            #expect(engine.run(plan, input: input)?.output.array == expected?.output.array, "element \(place)")
        }
        #expect(engine.weightCache.reading.hits == 0)
        #expect(plain.weightCache.reading == WeightCache.Reading())
    }

    @Test func anotherGeometryOrRequestIsPreparedForItself() throws {
        var source = SeededRandom(seed: 3)
        let engine = Engine(), weight = try someWeight(&source)
        _ = try engine.plan(network(weight), input: try shape(1, 8, 12, 12))
        _ = try engine.plan(network(weight), input: try shape(1, 8, 12, 13))
        _ = try engine.plan(network(weight) { $0.stride = Spatial(repeating: 2) }, input: try shape(1, 8, 12, 12))
        _ = try engine.plan(network(weight) { $0.algorithm = .direct }, input: try shape(1, 8, 12, 12))
        #expect(engine.weightCache.reading.hits == 0)
        #expect(engine.weightCache.reading.misses == 4)
    }

    @Test func itNeverHoldsMoreThanItMay() throws {
        var source = SeededRandom(seed: 4)
        let capacity = 20_000
        let engine = Engine(cacheBytes: capacity)
        let weights = try (0..<6).map { _ in try someWeight(&source) }
        for weight in weights {
            _ = try engine.plan(network(weight), input: try shape(1, 8, 12, 12))
            #expect(engine.weightCache.reading.bytes <= capacity)
        }
        #expect(engine.weightCache.reading.entries >= 1)
        #expect(engine.weightCache.reading.entries < weights.count)
        // The last is still there, the first made room.
        _ = try engine.plan(network(try #require(weights.last)), input: try shape(1, 8, 12, 12))
        #expect(engine.weightCache.reading.hits == 1)
        _ = try engine.plan(network(weights[0]), input: try shape(1, 8, 12, 12))
        #expect(engine.weightCache.reading.hits == 1)
    }

    @Test func whatWasUsedLastStaysLongest() throws {
        var source = SeededRandom(seed: 5)
        let probe = Engine()
        let input = try shape(1, 8, 12, 12)
        let weights = try (0..<3).map { _ in try someWeight(&source) }
        _ = try probe.plan(network(weights[0]), input: input)
        // Room for two; an entry may take a quarter of it as it came.
        let engine = Engine(cacheBytes: max(2 * probe.weightCache.reading.bytes, 4 * 8 * 8 * 9 * 4))
        for index in [0, 1, 0, 2, 0] { _ = try engine.plan(network(weights[index]), input: input) }
        #expect(engine.weightCache.reading.hits == 2)
    }

    @Test func tinyLayersHaveNothingToKeep() throws {
        let engine = Engine()
        let weight = try tensor([2, 2], [0, 1, 2, 3])
        _ = try engine.plan(network(weight), input: try shape(3, 3))
        #expect(engine.weightCache.reading == WeightCache.Reading())
    }
}
