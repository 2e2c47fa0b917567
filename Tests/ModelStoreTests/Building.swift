import ConvolutionEngine
import ModelStore
import TensorCoding

/// A safetensors file of these tensors.
func weights(_ tensors: [(name: String, shape: [Int], elements: [Float])]) -> [UInt8] {
    let named = tensors.compactMap { entry -> (name: String, tensor: NamedTensor)? in
        guard let shape = Shape(checking: entry.shape), let tensor = Tensor(shape: shape, elements: entry.elements)
        else { return nil }
        return (entry.name, .tensor(tensor))
    }
    return SafetensorsFile.body(named).whole
}

func source(_ json: String, _ tensors: [(name: String, shape: [Int], elements: [Float])] = []) -> ModelSource {
    ModelSource(json: Array(json.utf8), weights: tensors.isEmpty ? nil : weights(tensors))
}

/// What making a model of it gives: the model, or the error.
func made(_ source: ModelSource) -> Result<Model, ModelError> {
    do throws(ModelError) {
        let name = try ModelName("m")
        return .success(try Model(name: name, source: source, engine: Engine(), limits: .standard))
    } catch {
        return .failure(error)
    }
}

extension Model {
    /// The last layer's result for an input of this shape.
    func output(_ shape: [Int], _ elements: [Float]) throws -> (shape: [Int], elements: [Float])? {
        guard let shape = Shape(checking: shape), let input = Tensor(shape: shape, elements: elements) else {
            return nil
        }
        let plan = try plan(input: shape, outputs: [])
        guard let output = Engine().run(plan, input: input)?.output else { return nil }
        return (Array(output.shape), output.withElements { Array($0) })
    }
}

extension Result {
    var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
