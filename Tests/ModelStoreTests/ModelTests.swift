import ConvolutionEngine
import ModelStore
import TensorCoding
import Testing

@Suite struct ModelTests {
    private static let kernel: (name: String, shape: [Int], elements: [Float]) = (
        "c.weight", [1, 1, 2, 2], [0, 1, 2, 3]
    )
    private static let picture: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9]

    /// Three ways to say the same.
    @Test(
        arguments: [
            source(#"{"input_shape":[null,1,3,3],"layers":[{"type":"conv2d","weight":[[0,1],[2,3]]}]}"#),
            source(
                #"{"input_shape":[null,1,3,3],"layers":[{"type":"conv2d","weight":{"tensor":"c.weight"}}]}"#,
                [kernel]
            ),
            source(
                #"{"layers":[{"type":"conv2d","name":"c"}],"input_shape":[null,1,3,3],"weights":"pytorch"}"#,
                [kernel, ("c.num_batches_tracked", [], [1])]
            ),
        ]
    )
    func weightsAreWrittenOutNamedOrPytorchs(source: ModelSource) throws {
        let model = try made(source).get()
        let output = try #require(try model.output([1, 1, 3, 3], Self.picture))
        #expect(output.shape == [1, 1, 2, 2])
        #expect(output.elements == [25, 31, 43, 49])
        let batch = try #require(try model.output([2, 1, 3, 3], Self.picture + Self.picture))
        #expect(batch.elements == [25, 31, 43, 49, 25, 31, 43, 49])
    }

    @Test func openExtentsAreOpenInTheOutputs() throws {
        let json = #"""
            {"input_shape":[null,1,null,8],"input_name":"picture","outputs":["b","a","picture"],"layers":[
              {"type":"conv2d","name":"a","weight":[[1,1],[1,1]]},
              {"type":"adaptive_avg_pool2d","name":"b","output_size":1}]}
            """#
        let summary = try made(source(json)).get().summary
        #expect(summary.input == ModelSummary.Port(name: "picture", shape: [nil, 1, nil, 8]))
        #expect(summary.outputs.map(\.name) == ["b", "a", "picture"])
        #expect(summary.outputs.map(\.shape) == [[nil, 1, 1, 1], [nil, 1, nil, 7], [nil, 1, nil, 8]])
        #expect(Array(summary.exampleShape) == [1, 1, 224, 8])
        #expect(summary.parameters == 4)
        #expect(summary.layers.map(\.type) == ["conv2d", "adaptive_avg_pool2d"])
    }

    @Test func theLastLayersResultIsTheOutputUnlessOthersAreNamed() throws {
        let unnamed = try made(source(#"{"input_shape":[null,2],"layers":[{"type":"relu"}]}"#)).get()
        #expect(unnamed.summary.outputs.map(\.name) == ["output"])
        let named = try made(source(#"{"input_shape":[null,2],"layers":[{"type":"relu","name":"r"}]}"#)).get()
        #expect(named.summary.outputs.map(\.name) == ["r"])
    }

    @Test func theTagTellsContents() throws {
        let first = source(#"{"input_shape":[2],"layers":[{"type":"relu"}]}"#)
        var second = first
        second.json += [0x20]
        #expect(first.tag.count == 64)
        #expect(first.tag != second.tag)
        #expect(first.tag == source(#"{"input_shape":[2],"layers":[{"type":"relu"}]}"#).tag)
        // SHA-256 of eight octets of length and the text, by another implementation.
        #expect(ModelSource(json: []).tag == "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc")
    }

    @Test(
        arguments: [
            (
                source(#"{"input_shape":[1,1,3,3],"layers":[{"type":"conv2d","weight":{"tensor":"d"}}]}"#, [kernel]),
                "/layers/0/weight/tensor", CodingError.Reason.noTensor("d", nearest: nil)
            ),
            (
                source(#"{"input_shape":[1,1,3,3],"layers":[{"type":"conv2d","weight":{"tensor":"d"}}]}"#),
                "/layers/0/weight/tensor", .noTensor("d", nearest: nil)
            ),
            (
                source(
                    #"{"input_shape":[1,1,3,3],"weights":"pytorch","layers":[{"type":"conv2d","name":"d"}]}"#,
                    [kernel]
                ),
                "/layers/0/weight", .noTensor("d.weight", nearest: nil)
            ),
            (
                source(#"{"input_shape":[1,1,3,3],"layers":[{"type":"relu"}]}"#, [kernel]),
                "", .unusedTensors("c.weight", count: 1)
            ),
            (
                source(
                    #"{"input_shape":[1,1,3,3],"layers":[{"type":"relu"},{"type":"conv2d","weight":{"tensor":"w"}}]}"#,
                    [("w", [1, 1, 1, 3], [0, 1, .nan])]
                ),
                "/layers/1/weight", .notFinite(index: 2)
            ),
            (
                source(#"{"input_shape":[1,1,3,3],"layers":[{"type":"conv2d","weight":[[1,"Infinity"]]}]}"#),
                "/layers/0/weight", .notFinite(index: 1)
            ),
            (
                source(#"{"input_shape":[1],"layers":[{"type":"relu"}],"weights":"keras"}"#),
                "/weights", .choice(found: "keras", allowed: ["pytorch"], nearest: nil)
            ),
            (
                source(#"{"layers":[{"type":"relu"}]}"#), "", .missing(parameter: "input_shape", owner: "model")
            ),
            (source(#"{"input_shape":[1]}"#), "", .missing(parameter: "layers", owner: "model")),
            (
                source(#"{"input_shape":[0],"layers":[{"type":"relu"}]}"#), "/input_shape/0",
                .belowMinimum(number: "0", minimum: 1)
            ),
            (source(#"{"input_shape":[],"layers":[{"type":"relu"}]}"#), "/input_shape", .noAxes),
        ] as [(ModelSource, String, CodingError.Reason)]
    )
    func aDescriptionThatCannotBeMeantNamesThePlace(
        source: ModelSource,
        pointer: String,
        reason: CodingError.Reason
    ) throws {
        guard case .description(let error)? = made(source).error else {
            Issue.record("\(made(source))")
            return
        }
        #expect(error.pointer == pointer)
        #expect(error.reason == reason)
    }

    @Test(
        arguments: [
            (
                #"{"type":"relu","name":"a","inputs":["b"]},{"type":"relu","name":"b","inputs":["a"]}"#, 0,
                EngineError.Reason.laterLayer("b", index: 1)
            ),
            (#"{"type":"relu"},{"type":"relu","name":"a","inputs":["a"]}"#, 1, .cycle("a")),
            (#"{"type":"relu"},{"type":"relu","inputs":["x"]}"#, 1, .unknownName("x", nearest: nil)),
        ] as [(String, Int, EngineError.Reason)]
    )
    func layersThatDoNotFitNameTheLayer(layers: String, index: Int, reason: EngineError.Reason) {
        guard case .layers(let error, _)? = made(source(#"{"input_shape":[1],"layers":[\#(layers)]}"#)).error else {
            Issue.record("it was made")
            return
        }
        #expect(error.layer == index)
        #expect(error.reason == reason)
    }

    @Test func aFileThatIsNoneIsSaidToBeTheWeights() {
        let json = Array(#"{"input_shape":[1],"layers":[{"type":"relu"}]}"#.utf8)
        // A header of 2⁶³ octets.
        let bomb: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0x80, 0x7B]
        guard case .weights(let error)? = made(ModelSource(json: json, weights: bomb)).error else {
            Issue.record("it was made")
            return
        }
        #expect(error.kind == .malformed)
    }

    @Test func anInputOfAnotherShapeIsAnError() throws {
        let model = try made(source(#"{"input_shape":[null,2],"layers":[{"type":"relu"}]}"#)).get()
        for extents in [[2], [1, 3], [1, 2, 1]] {
            let shape = try #require(Shape(checking: extents))
            #expect(throws: ModelError.inputShape(found: shape, expected: [nil, 2])) {
                try model.plan(input: shape, outputs: [])
            }
        }
    }

    @Test func plansAreKeptForTheLastFewShapes() throws {
        let model = try made(source(#"{"input_shape":[null,2],"layers":[{"type":"relu"}]}"#)).get()
        let shapes = try (1...5).map { try #require(Shape(checking: [$0, 2])) }
        #expect(model.hasPlan(input: shapes[0], outputs: []))
        for shape in shapes[1...] {
            #expect(!model.hasPlan(input: shape, outputs: []))
            _ = try model.plan(input: shape, outputs: [])
            #expect(model.hasPlan(input: shape, outputs: []))
        }
        #expect(!model.hasPlan(input: shapes[0], outputs: []))
        model.dropPlans()
        #expect(shapes.map { model.hasPlan(input: $0, outputs: []) } == [false, false, false, false, true])
    }
}
