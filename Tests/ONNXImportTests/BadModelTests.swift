import ConvolutionEngine
import ONNXImport
import ONNXWriting
import TestSupport
import Testing

@Suite struct BadModelTests {
    /// A sound model, for tests to spoil.
    private func sound() -> ONNXGraph {
        var graph = ONNXGraph(input: 1, 1, 3, 3)
        graph.constant("w", [1, 1, 2, 2], [1, 2, 3, 4])
        graph.add("Conv", ["x", "w"], to: ["y"], name: "first")
        graph.outputs = ["y"]
        return graph
    }

    @Test func noBeginningOfAFileIsAModel() {
        let file = sound().file
        #expect(importError(file) == nil)
        for count in file.indices { #expect(importError(Array(file[..<count])) != nil, "\(count) octets") }
    }

    @Test(arguments: 0..<200)
    func anyOctetsAreAModelOrAnError(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var file = sound().file
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            file[Int.random(in: file.indices, using: &random)] = UInt8.random(in: 0 ... .max, using: &random)
        }
        // No outcome is wanted, but that there is one.
        _ = importError(file)
    }

    @Test func everyOperatorThatIsNotKnownIsNamedAtOnce() {
        var graph = ONNXGraph(input: 1, 2)
        graph.add("Einsum", ["x"], to: ["a"], name: "one")
        graph.add("Relu", ["a"], to: ["b"], name: "innocent")
        graph.add("Fused", ["b"], to: ["c"], domain: "com.example")
        graph.add("Clip", ["x"], to: ["d"], name: "three", .integer("colour", 1))
        graph.outputs = ["c", "d"]
        #expect(
            importError(graph)
                == .nodes([
                    NodeFault(node: "one", operation: "Einsum", problem: .unknownOperator),
                    NodeFault(node: "c", operation: "com.example::Fused", problem: .unknownOperator),
                    NodeFault(node: "three", operation: "Clip", problem: .unknownAttribute("colour")),
                ])
        )
    }

    @Test func aConstantThatIsMissingIsNamedWithItsNode() {
        var graph = sound()
        graph.initializers = []
        #expect(importError(graph) == fault(.undefined("w")))
    }

    @Test func aCycleIsNamed() {
        var graph = ONNXGraph(input: 1, 2)
        graph.add("Add", ["x", "c"], to: ["a"])
        graph.add("Relu", ["a"], to: ["b"])
        graph.add("Relu", ["b"], to: ["c"])
        graph.add("Relu", ["c"], to: ["y"])
        graph.outputs = ["y"]
        guard case .cycle(let names)? = importError(graph) else {
            Issue.record("no cycle: \(String(describing: importError(graph)))")
            return
        }
        #expect(names.sorted() == ["a", "b", "c"])
    }

    @Test func aNodeThatReadsItselfIsACycle() {
        var graph = ONNXGraph(input: 1, 2)
        graph.add("Add", ["x", "y"], to: ["y"])
        graph.outputs = ["y"]
        #expect(importError(graph) == .cycle(["y"]))
    }

    @Test func aNameIsMadeOnce() {
        var graph = sound()
        graph.add("Relu", ["x"], to: ["y"])
        #expect(importError(graph) == .madeTwice("y"))
        graph = sound()
        graph.add("Relu", ["y"], to: ["x"])
        #expect(importError(graph) == .madeTwice("x"))
    }

    @Test func theInputMustBeOneOfFloats() {
        var graph = sound()
        graph.inputs[0].type = 7
        #expect(importError(graph) == .input("x", .elementType(7)))
        graph = sound()
        graph.inputs.append(("z", 1, [.known(1)]))
        #expect(importError(graph) == .inputs(["x", "z"]))
        graph.inputs = []
        #expect(importError(graph) == .inputs([]))
    }

    @Test func aWeightMustHaveAsManyElementsAsItsShapeTakes() {
        var graph = sound()
        graph.initializers = []
        graph.constant("w", [1, 1, 2, 2], [1, 2, 3])
        #expect(importError(graph) == fault(.tensor("w", .count(found: 12, expected: 16))))
        // Nothing is taken on the word of a shape.
        graph.initializers = []
        graph.constant("w", [1 << 20, 1 << 20, 1 << 20], [1])
        #expect(importError(graph) == fault(.tensor("w", .count(found: 4, expected: 1 << 62))))
        graph.initializers = []
        graph.constant("w", [1 << 40, 1 << 40], [1])
        #expect(importError(graph) == fault(.tensor("w", .shape([1 << 40, 1 << 40]))))
        graph.initializers = []
        graph.constant("w", [-1, 1], [1])
        #expect(importError(graph) == fault(.tensor("w", .shape([-1, 1]))))
    }

    @Test func aWeightThatIsNoNumberIsAnError() {
        var graph = sound()
        graph.initializers = []
        graph.constant("w", [1, 1, 2, 2], [1, 2, .nan, 4])
        #expect(importError(graph) == fault(.tensor("weight", .notFinite(index: 2))))
    }

    @Test func enormousConstantsAreNotMade() {
        var graph = ONNXGraph(input: 1, 2)
        graph.integers("s", [1 << 20, 1 << 20])
        graph.add("ConstantOfShape", ["s"], to: ["big"], name: "big")
        graph.add("Add", ["x", "big"], to: ["y"])
        graph.outputs = ["y"]
        let fault = NodeFault(node: "big", operation: "ConstantOfShape", problem: .tensor("", .tooLarge))
        #expect(importError(graph) == .nodes([fault]))
        // Nor bit by bit: each is twice the one before.
        graph = ONNXGraph(input: 1, 2)
        graph.constant("c0", [1], [1])
        for step in 0..<60 {
            graph.add("Concat", ["c\(step)", "c\(step)"], to: ["c\(step + 1)"], .integer("axis", 0))
        }
        graph.add("Add", ["x", "c60"], to: ["y"])
        graph.outputs = ["y"]
        guard case .nodes(let faults)? = importError(graph) else {
            Issue.record("folded without end")
            return
        }
        #expect(faults.count == 1 && faults[0].problem == .tensor("", .tooLarge))
    }

    @Test func shapesThatDoNotFitAreTheNodesFault() throws {
        var graph = sound()
        graph.inputs[0].extents = [.known(1), .known(2), .known(3), .known(3)]
        guard case .nodes(let faults)? = importError(graph),
            case .engine(let error) = try #require(faults.first).problem
        else {
            Issue.record("no fault of a node")
            return
        }
        #expect(error.parameter == "weight")
        #expect(faults[0].node == "first")
    }

    @Test func aShapeThatFixesAFreeBatchIsRefused() {
        var graph = ONNXGraph(input: 0, 4)
        graph.integers("s", [1, 4])
        graph.add("Reshape", ["x", "s"], to: ["y"], name: "r")
        graph.outputs = ["y"]
        #expect(importError(graph) == .nodes([NodeFault(node: "r", operation: "Reshape", problem: .fixesBatch)]))
        #expect(importError(graph, shape: [1, 4]) == nil)
    }

    @Test func outputsMustComeFromTheInput() {
        var graph = sound()
        graph.outputs = ["y", "w"]
        #expect(importError(graph) == .output("w", .constant))
        graph.outputs = ["nowhere"]
        #expect(importError(graph) == .output("nowhere", .unknown))
        graph.outputs = ["y", "y"]
        #expect(importError(graph) == .madeTwice("y"))
        graph.outputs = []
        #expect(importError(graph) == .noOutputs)
    }

    @Test func versionsAreThoseThatAreKnown() {
        var graph = sound()
        graph.opset = 6
        #expect(importError(graph) == .opset(6, known: 7...25))
        graph.opset = nil
        #expect(importError(graph) == .opset(nil, known: 7...25))
        #expect(importError([]) == .noGraph)
    }

    @Test func externalDataIsAskedForByWhatTheFileSays() throws {
        var graph = sound()
        graph.initializers = []
        graph.external("w", [1, 1, 2, 2], ["location": "weights.bin", "offset": "8", "length": "16"])
        let model = try ImportedModel(onnx: graph.file) { data, count throws(ExternalFault) in
            guard data == ExternalData(location: "weights.bin", offset: 8, length: 16), count == 16 else {
                throw .outside(data.location)
            }
            return [UInt8](repeating: 0, count: 16)
        }
        #expect(model.parameters == 4)
        #expect(importError(graph) == fault(.tensor("w", .external(.outside("weights.bin")))))
        graph.initializers = []
        graph.external("w", [1, 1, 2, 2], ["location": "weights.bin", "length": "17"])
        #expect(importError(graph) == fault(.tensor("w", .count(found: 17, expected: 16))))
        graph.initializers = []
        graph.external("w", [1, 1, 2, 2], ["location": "weights.bin", "offset": "-1"])
        guard case .encoding(.externalNumber(key: "offset", "-1"), _)? = importError(graph) else {
            Issue.record("a negative offset was taken")
            return
        }
    }

    private func fault(_ problem: NodeProblem) -> ImportError {
        .nodes([NodeFault(node: "first", operation: "Conv", problem: problem)])
    }
}
