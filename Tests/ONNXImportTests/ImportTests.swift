import ConvolutionEngine
import ONNXImport
import ONNXWriting
import TensorCoding
import Testing

/// That the numbers are ONNX Runtime's is what `make conformance` checks; here is what the layers look like.
@Suite struct ImportTests {
    @Test func aNetworkBecomesLayersUnderTheGraphsNames() throws {
        var graph = ONNXGraph(input: 0, 1, 4, 4)
        graph.constant("w", [2, 1, 3, 3], Array(repeating: 0.5, count: 18))
        graph.constant("b", [2], [1, 2])
        graph.add("Conv", ["x", "w", "b"], to: ["c"], .integers("pads", [0, 1, 2, 1]), .integers("strides", [2, 1]))
        graph.add("Relu", ["c"], to: ["r"])
        graph.add("Add", ["r", "c"], to: ["s"])
        graph.add("GlobalAveragePool", ["s"], to: ["p"])
        graph.add("Flatten", ["p"], to: ["y"])
        graph.outputs = ["y"]
        let model = try imported(graph)
        #expect(
            String(decoding: model.description(), as: UTF8.self)
                == #"{"input_name":"x","input_shape":[null,1,4,4],"outputs":["y"],"layers":["#
                + #"{"type":"conv2d","name":"c","weight":{"tensor":"c.weight"},"bias":{"tensor":"c.bias"},"#
                + #""stride":[2,1],"padding":[[0,2],[1,1]]},"#
                + #"{"type":"relu","name":"r"},{"type":"add","name":"s","inputs":["r","c"]},"#
                + #"{"type":"adaptive_avg_pool2d","name":"p","output_size":[1,1]},{"type":"flatten","name":"y"}]}"#
        )
        let file = try #require(model.weights())
        let tensors = try SafetensorsFile.read(file.span.bytes).tensors
        #expect(tensors.all.map(\.name).sorted() == ["c.bias", "c.weight"])
        #expect(model.parameters == 20)
    }

    @Test func whatDoesNothingLeavesNoLayer() throws {
        var graph = ONNXGraph(input: 2, 3)
        graph.add("Identity", ["x"], to: ["a"])
        graph.add("Relu", ["a"], to: ["b"])
        graph.add("Dropout", ["b"], to: ["c", "mask"])
        graph.add("Tanh", ["x"], to: ["unused"])
        graph.add("Identity", ["c"], to: ["y"])
        graph.outputs = ["y"]
        #expect(try types(graph) == ["relu"])
        #expect(try imported(graph).layers[0].name == "y")
    }

    @Test func aGateOfItsInputIsOneLayer() throws {
        var graph = ONNXGraph(input: 2, 3)
        graph.add("Sigmoid", ["x"], to: ["s"])
        graph.add("Mul", ["x", "s"], to: ["y"])
        graph.outputs = ["y"]
        #expect(try types(graph) == ["silu"])
        // Who asks for the gate gets it.
        graph.outputs = ["y", "s"]
        #expect(try types(graph) == ["sigmoid", "silu"])
    }

    @Test func aSummandGoesIntoTheLayerBeforeUnlessOthersReadThat() throws {
        var graph = ONNXGraph(input: 0, 2)
        graph.constant("w", [2, 3], [1, 2, 3, 4, 5, 6])
        graph.constant("b", [3], [1, 1, 1])
        graph.add("MatMul", ["x", "w"], to: ["m"])
        graph.add("Add", ["m", "b"], to: ["y"])
        graph.outputs = ["y"]
        #expect(try types(graph) == ["linear"])
        graph.outputs = ["y", "m"]
        #expect(try types(graph) == ["linear", "scale"])
    }

    @Test func nodesInAnyOrderAreSorted() throws {
        var graph = ONNXGraph(input: 2, 3)
        graph.add("Tanh", ["b"], to: ["y"])
        graph.add("Relu", ["a"], to: ["b"])
        graph.add("Sigmoid", ["x"], to: ["a"])
        graph.outputs = ["y"]
        #expect(try types(graph) == ["sigmoid", "relu", "tanh"])
    }

    @Test func aFreeBatchStaysFreeThroughAReshape() throws {
        var graph = ONNXGraph(input: 0, 2, 6)
        graph.add("Shape", ["x"], to: ["s"])
        graph.integers("first", [0])
        graph.add("Gather", ["s", "first"], to: ["n"])
        graph.integers("rest", [3, 4])
        graph.add("Concat", ["n", "rest"], to: ["t"], .integer("axis", 0))
        graph.add("Reshape", ["x", "t"], to: ["y"])
        graph.outputs = ["y"]
        let model = try imported(graph)
        guard case .reshape(let reshape) = try #require(model.layers.first).operation else {
            Issue.record("\(model.layers)")
            return
        }
        #expect(reshape.extents == [-1, 3, 4])
    }

    @Test func theInputsExtentsCanBeGiven() throws {
        var graph = ONNXGraph(input: 0, 3, 0, 0)
        graph.constant("w", [1, 3, 2, 2], Array(repeating: 1, count: 12))
        graph.add("Conv", ["x", "w"], to: ["y"])
        graph.outputs = ["y"]
        #expect(importError(graph) == .input("x", .free(axis: 2, name: "N")))
        #expect(try imported(graph, shape: [nil, 3, 8, 9]).inputShape == [nil, 3, 8, 9])
        #expect(
            importError(graph, shape: [1, 3, 8])
                == .input("x", .otherShape(asked: [1, 3, 8], found: [nil, 3, nil, nil]))
        )
    }

    private func types(_ graph: ONNXGraph) throws -> [String] { try imported(graph).layers.map(\.operation.name) }
}

func imported(_ graph: ONNXGraph, shape: [Int?]? = nil) throws -> ImportedModel {
    try ImportedModel(onnx: graph.file, inputShape: shape) { data, _ throws(ExternalFault) in
        throw .outside(data.location)
    }
}

/// `nil` where the import succeeds.
func importError(_ graph: ONNXGraph, shape: [Int?]? = nil) -> ImportError? { importError(graph.file, shape: shape) }

func importError(_ file: [UInt8], shape: [Int?]? = nil) -> ImportError? {
    do throws(ImportError) {
        _ = try ImportedModel(onnx: file, inputShape: shape) { data, _ throws(ExternalFault) in
            throw .outside(data.location)
        }
        return nil
    } catch {
        return error
    }
}
