import ConvolutionEngine
import TestSupport
import Testing

@Suite struct NetworkTests {
    @Test func branchesAreReadByName() throws {
        let network = Network(layers: [
            Layer(.activation(.relu), name: "a"),
            Layer(try scale(10), name: "b", inputs: ["input"]),
            Layer(.combination(.add), inputs: ["a", "b", "input"]),
        ])
        let result = try run(network, tensor([3], [-1, 2, 3]))
        #expect(result.output.array == [-11, 24, 36])
    }

    @Test func resultsAskedForComeInTheirOrder() throws {
        var network = Network(layers: [
            Layer(try scale(2), name: "twice"), Layer(try scale(5), name: "ten"), Layer(.activation(.relu)),
        ])
        network.outputs = ["ten", "twice"]
        let result = try run(network, tensor([2], [1, -1]))
        #expect(result.output.array == [10, 0])
        #expect(result.named.map(\.name) == ["ten", "twice"])
        #expect(result.named.map(\.tensor.array) == [[10, -10], [2, -2]])
    }

    @Test func tensorsBroadcastAsInPyTorch() throws {
        let network = Network(layers: [
            Layer(.flatten(Flatten()), name: "flat"),
            Layer(.pooling(Pooling(spatialRank: 1, reduction: .norm(p: 1), kernelSize: width(2))), name: "sums"),
            Layer(.combination(.multiply), inputs: ["flat", "sums"]),
        ])
        // [2, 2] · [2, 1]
        #expect(try run(network, counting(2, 2)).output.array == [3, 6, 21, 28])
    }

    @Test func concatenationJoinsAlongItsAxis() throws {
        let parts = { (axis: Int) in
            Network(layers: [
                Layer(try scale(10), name: "ten"),
                Layer(.combination(.concatenate(axis: axis)), inputs: ["input", "ten"]),
            ])
        }
        #expect(try run(parts(0), counting(2, 1, 2)).output.array == [1, 2, 3, 4, 10, 20, 30, 40])
        #expect(try run(parts(-1), counting(2, 1, 2)).output.array == [1, 2, 10, 20, 3, 4, 30, 40])
    }

    @Test func everyMistakeInTheNamesIsNamed() throws {
        let relu = ConvolutionEngine.Operation.activation(.relu)
        func reason(_ layers: Layer..., outputs: [String] = []) throws -> EngineError {
            var network = Network(layers: layers)
            network.outputs = outputs
            let input = try shape(1, 2)
            return try #require(throws: EngineError.self) { try Engine().plan(network, input: input) }
        }
        #expect(try reason() == EngineError(.emptyNetwork, parameter: "layers"))
        #expect(
            try reason(Layer(relu, name: "stem"), Layer(relu, inputs: ["sten"]))
                == EngineError(.unknownName("sten", nearest: "stem"), parameter: "inputs", layer: 1)
        )
        #expect(
            try reason(Layer(relu, name: "stem"), Layer(relu, inputs: ["quite other"]))
                == EngineError(.unknownName("quite other", nearest: nil), parameter: "inputs", layer: 1)
        )
        #expect(
            try reason(Layer(relu, name: "a"), Layer(relu, name: "a"))
                == EngineError(.duplicateName("a", first: 0), parameter: "name", layer: 1)
        )
        #expect(
            try reason(Layer(relu, name: "input")) == EngineError(.reservedName("input"), parameter: "name", layer: 0)
        )
        #expect(
            try reason(Layer(relu, name: "a", inputs: ["a"])) == EngineError(.cycle("a"), parameter: "inputs", layer: 0)
        )
        #expect(
            try reason(Layer(relu, name: "a", inputs: ["b"]), Layer(relu, name: "b", inputs: ["a"]))
                == EngineError(.laterLayer("b", index: 1), parameter: "inputs", layer: 0)
        )
        #expect(
            try reason(Layer(relu, name: "a"), outputs: ["b"])
                == EngineError(.unknownName("b", nearest: "a"), parameter: "outputs/0")
        )
        #expect(
            try reason(Layer(relu, name: "a"), outputs: ["a", "input", "a"])
                == EngineError(.repeatedOutput("a", first: 0), parameter: "outputs/2")
        )
        #expect(
            try reason(Layer(.combination(.add)))
                == EngineError(.inputCount(found: 1, minimum: 2, maximum: Int.max), parameter: "inputs", layer: 0)
        )
        #expect(
            try reason(Layer(relu, inputs: ["input", "input"]))
                == EngineError(.inputCount(found: 2, minimum: 1, maximum: 1), parameter: "inputs", layer: 0)
        )
    }

    @Test func shapesThatDoNotFitTogetherAreShown() throws {
        let pool = Pooling(spatialRank: 1, reduction: .norm(p: 1), kernelSize: width(2))
        for (combination, reason) in [
            (Combination.add, EngineError.Reason.broadcast(try shape(2, 4), try shape(2, 2))),
            (.concatenate(axis: 0), .concatenation(try shape(2, 4), try shape(2, 2), axis: 0)),
        ] {
            let network = Network(layers: [
                Layer(.pooling(pool), name: "half"),
                Layer(.combination(combination), inputs: ["input", "half"]),
            ])
            let input = try shape(2, 4)
            let error = #expect(throws: EngineError.self) { try Engine().plan(network, input: input) }
            #expect(error == EngineError(reason, parameter: "inputs", layer: 1))
        }
    }

    @Test func aCancelledRunGivesNothing() throws {
        let network = Network(layers: [Layer(try scale(2)), Layer(try scale(2)), Layer(try scale(2))])
        let input = try counting(2)
        let plan = try Engine().plan(network, input: input.shape)
        // Layers as small as these ask the team for nothing, so each asks once.
        let asked = Tally()
        let result = Engine().run(plan, input: input) { asked.next() >= 2 }
        #expect(result == nil)
        #expect(asked.count == 2)
    }

    /// Multiplies by a constant.
    private func scale(_ factor: Float) throws -> ConvolutionEngine.Operation {
        .convolution(Convolution(spatialRank: 1, weight: .tensor(try tensor([1], [factor]))))
    }

    private func run(_ network: Network, _ input: Tensor) throws -> NetworkResult {
        let plan = try Engine().plan(network, input: input.shape)
        return try #require(Engine().run(plan, input: input))
    }
}
