package import ConvolutionEngine

/// What is known of a model without its weights.
package struct ModelSummary: Sendable {
    /// The input or an output: its name, and its extents, `nil` where they depend on the request.
    package struct Port: Hashable, Sendable {
        package let name: String
        package let shape: [Int?]

        package init(name: String, shape: [Int?]) {
            self.name = name
            self.shape = shape
        }
    }

    package let name: ModelName
    /// Of the content: changes when, and only when, the model does.
    package let tag: String
    package let input: Port
    /// In the order of `outputs`; the first is the one that is answered when no other is asked for.
    package let outputs: [Port]
    /// For an input of `exampleShape`.
    package let layers: [ShapeReport]
    /// What the layers' shapes and costs are for: the input's, with 1 for the batch.
    package let exampleShape: Shape
    /// Weights and biases.
    package let parameters: Int
    /// Multiply-accumulates for the example.
    package let multiplyAccumulates: Int
    /// Octets of the weights as they came.
    package let weightBytes: Int
}
