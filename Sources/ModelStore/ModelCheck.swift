import ConvolutionEngine
import TensorCoding

/// What a model's shapes are, found by trying: for a batch of 1, and, where other extents are open, for some that are common.
struct ModelCheck {
    let exampleShape: Shape
    let layers: [ShapeReport]
    /// Of the last layer and of those named in `outputs`, `nil` where they differ between two inputs.
    let outputs: [ModelSummary.Port]

    /// In this order: what networks for pictures take.
    private static let commonExtents = [224, 256, 64, 32, 512, 1024]

    init(_ description: ModelDescription, engine: Engine) throws(ModelError) {
        let candidates = ModelCheck.candidates(description.inputShape, batch: 1)
        var found: (shape: Shape, reports: [ShapeReport])?
        var first: ModelError?
        for shape in candidates where found == nil {
            do throws(EngineError) {
                found = (shape, try engine.shapes(description.network, input: shape))
            } catch {
                first = first ?? .layers(error, input: shape)
            }
        }
        guard let found else {
            throw first ?? .layers(EngineError(.shapeOverflow, parameter: "input_shape"), input: nil)
        }
        exampleShape = found.shape
        layers = found.reports
        // Another input shows which extents follow it.
        let others = ModelCheck.candidates(description.inputShape, batch: 2).filter { other in
            zip(other, found.shape).enumerated().allSatisfy { axis, pair in
                description.inputShape[axis] != nil || pair.0 != pair.1
            }
        }
        let other = others.lazy.compactMap { try? engine.shapes(description.network, input: $0) }.first
        outputs = ModelCheck.outputs(description, example: found, other: other)
    }

    private static func candidates(_ extents: [Int?], batch: Int) -> [Shape] {
        let isOpen = extents.dropFirst().contains(nil)
        return (isOpen ? commonExtents : [0]).compactMap { extent in
            Shape(checking: extents.enumerated().map { axis, known in known ?? (axis == 0 ? batch : extent) })
        }
    }

    private static func outputs(
        _ description: ModelDescription,
        example: (shape: Shape, reports: [ShapeReport]),
        other: [ShapeReport]?
    ) -> [ModelSummary.Port] {
        let network = description.network
        func port(_ name: String, layer index: Int?) -> ModelSummary.Port {
            guard let index else { return ModelSummary.Port(name: name, shape: description.inputShape) }
            let shape = example.reports[index].shape
            guard let other else {
                // Only the batch can be told apart without a second input.
                let isOpen = description.inputShape.first == .some(nil)
                return ModelSummary.Port(name: name, shape: shape.enumerated().map { $0 == 0 && isOpen ? nil : $1 })
            }
            let compared = other[index].shape
            let open = shape.indices.map {
                compared.indices.contains($0) && compared[$0] == shape[$0] ? shape[$0] : nil
            }
            return ModelSummary.Port(name: name, shape: open)
        }
        let last = example.reports.count - 1
        guard !network.outputs.isEmpty else {
            return [port(network.layers[last].name ?? "output", layer: last)]
        }
        return network.outputs.map { name in
            port(name, layer: network.layers.firstIndex { $0.name == name })
        }
    }
}
