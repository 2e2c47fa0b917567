import ConvolutionEngine
import Dispatch
import Synchronization
import TestSupport
import Testing

/// Convolutions whose sizes an engine has planned before: what it kept must be what it would plan anew.
@Suite struct BareConvolutionTests {
    private struct Case {
        var layer: Convolution
        var input: [Int]
        var weight: [Int]

        init(_ rank: Int, input: [Int], weight: [Int], _ change: (inout Convolution) -> Void = { _ in }) {
            layer = Convolution(spatialRank: rank, weight: .unspecified(outChannels: 1, kernelSize: both(1)))
            (self.input, self.weight) = (input, weight)
            change(&layer)
        }

        /// With numbers of its own.
        func numbers(_ source: inout SeededRandom) throws -> (Tensor, ConvolutionEngine.Operation) {
            var layer = layer
            layer.weight = .tensor(try random(weight, &source))
            // The place of a bias that the case asks for.
            if let bias = layer.bias { layer.bias = try random(Array(bias.shape), &source) }
            return (try random(input, &source), .convolution(layer))
        }
    }

    /// Layers that differ in one thing each from the first or from another.
    private func cases() throws -> [Case] {
        let bias = try counting(2)
        let large = [1, 4, 12, 12], each = [4, 1, 3, 3]
        return [
            Case(2, input: [3, 3], weight: [2, 2]),
            Case(2, input: [3, 4], weight: [2, 2]),
            Case(2, input: [4, 3], weight: [2, 2]),
            Case(2, input: [1, 3, 3], weight: [2, 2]),
            Case(2, input: [1, 1, 3, 3], weight: [1, 1, 2, 2]),
            Case(2, input: [3, 3], weight: [2, 1, 2, 2]),
            Case(2, input: [3, 3], weight: [2, 1, 2, 2]) { $0.bias = bias },
            Case(2, input: [3, 3], weight: [2, 2]) { $0.stride = both(2) },
            Case(2, input: [3, 3], weight: [2, 2]) { $0.dilation = both(2) },
            Case(2, input: [3, 3], weight: [2, 2]) { $0.padding = padding(1) },
            Case(2, input: [3, 3], weight: [2, 2]) { $0.padding = .same },
            Case(2, input: [3, 3], weight: [2, 2]) { $0.padding = .sameLower },
            Case(2, input: [3, 3], weight: [2, 2]) { ($0.padding, $0.paddingMode) = (padding(1), .reflect) },
            Case(2, input: [3, 3], weight: [2, 2]) { ($0.padding, $0.paddingMode) = (padding(1), .circular) },
            Case(2, input: [3, 3], weight: [2, 2]) { $0.algorithm = .direct },
            Case(2, input: [3, 3], weight: [2, 2]) { $0.algorithm = .winograd },
            Case(2, input: [2, 3, 3], weight: [2, 1, 2, 2]) { $0.groups = 2 },
            Case(2, input: [2, 3, 3], weight: [2, 2, 2, 2]),
            Case(2, input: [3, 2, 3, 3], weight: [2, 2, 2, 2]),
            Case(1, input: [3, 3], weight: [2, 3, 2]),
            Case(3, input: [3, 3, 3], weight: [2, 2, 2]),
            // One channel to a group, and more than the plain loops take on.
            Case(2, input: large, weight: each) { $0.groups = 4 },
            Case(2, input: large, weight: each) { ($0.groups, $0.padding) = (4, padding(1)) },
            // Packed.
            Case(2, input: large, weight: [8, 4, 3, 3]),
        ]
    }

    @Test func whatIsKnownIsWhatWouldBePlannedAnew() throws {
        var source = SeededRandom(seed: 6)
        let engine = Engine()
        let cases = try cases()
        for round in 0..<3 {
            for (index, example) in cases.enumerated() {
                let (input, operation) = try example.numbers(&source)
                let fresh = Engine()
                let expected = try fresh.plan(operation, input: input.shape)
                let plan = try engine.plan(operation, input: input.shape)
                let place = "case \(index) in round \(round)"
                #expect(plan.layers == expected.layers, "\(place)")
                #expect(plan.inputShape == expected.inputShape && plan.outputShape == expected.outputShape, "\(place)")
                #expect(plan.peakBytes == expected.peakBytes && plan.packedBytes == expected.packedBytes, "\(place)")
                #expect(plan.multiplyAccumulates == expected.multiplyAccumulates, "\(place)")
                #expect(plan.parameters == expected.parameters, "\(place)")
                #expect(plan.elements == plan.outputShape.elementCount, "\(place)")
                let found = try #require(engine.run(plan, input: input)?.output)
                let wanted = try #require(fresh.run(expected, input: input)?.output)
                #expect(found.shape == wanted.shape && found.array == wanted.array, "\(place)")
            }
        }
    }

    @Test func aKnownSizeIsStillHeldAgainstTheLimits() throws {
        var source = SeededRandom(seed: 7)
        let (input, operation) = try Case(2, input: [3, 3], weight: [2, 2]).numbers(&source)
        let engine = Engine()
        let plan = try engine.plan(operation, input: input.shape)
        var limits = PlanLimits.standard
        limits.bytes = plan.peakBytes - 1
        #expect(throws: EngineError.self) { try engine.plan(operation, input: input.shape, limits: limits) }
        limits.bytes = plan.peakBytes
        _ = try engine.plan(operation, input: input.shape, limits: limits)
    }

    @Test func aBiasOfAnotherShapeIsStillRefused() throws {
        var source = SeededRandom(seed: 8)
        let bias = try counting(2)
        let (input, operation) = try Case(2, input: [3, 3], weight: [2, 1, 2, 2]) { $0.bias = bias }.numbers(&source)
        let engine = Engine()
        _ = try engine.plan(operation, input: input.shape)
        guard case .convolution(var layer) = operation else { return }
        for wrong in [try counting(3), try counting(1, 2), try counting(2, 1)] {
            layer.bias = wrong
            let error = #expect(throws: EngineError.self) {
                try engine.plan(.convolution(layer), input: input.shape)
            }
            #expect(error?.parameter == "bias")
        }
    }

    /// The fast way would multiply them with the padding's zeros.
    @Test func infiniteWeightsAtPaddingGoTheirOwnWay() throws {
        var source = SeededRandom(seed: 9)
        let example = Case(2, input: [1, 4, 12, 12], weight: [4, 1, 3, 3]) { ($0.groups, $0.padding) = (4, padding(1)) }
        let engine = Engine()
        for infinite in [false, true, false] {
            let (input, operation) = try example.numbers(&source)
            guard case .convolution(var layer) = operation, case .tensor(let weight) = layer.weight else { return }
            var numbers = weight.array
            if infinite { numbers[0] = .infinity }
            layer.weight = .tensor(try tensor(example.weight, numbers))
            let plan = try engine.plan(.convolution(layer), input: input.shape)
            #expect(plan.layers.map(\.algorithm) == [infinite ? "plain" : "depthwise"])
            let output = try #require(engine.run(plan, input: input)?.output.array)
            // The corner's first tap lies in the padding.
            #expect(output[0].isFinite)
            #expect(output[13].isFinite == !infinite)
        }
    }

    @Test func threadsThatPlanAtOnceGetTheirOwnNumbersBack() throws {
        let engine = Engine(team: Team(size: 1))
        let wrong = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            var source = SeededRandom(seed: UInt64(thread))
            for _ in 0..<50 {
                let height = 2 + Int(source.next() % 3)
                guard let (input, operation) = try? Case(2, input: [height, 3], weight: [1, 1]).numbers(&source),
                    case .convolution(let layer) = operation, case .tensor(let weight) = layer.weight,
                    let plan = try? engine.plan(operation, input: input.shape),
                    let output = engine.run(plan, input: input)?.output
                else {
                    wrong.add(1, ordering: .relaxed)
                    return
                }
                if output.array != input.array.map({ $0 * weight.array[0] }) { wrong.add(1, ordering: .relaxed) }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }
}
