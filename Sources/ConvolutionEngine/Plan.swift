/// How a network is computed for one input shape: a value, made by `Engine.plan` and run any number of times, by any
/// number of threads at once.
package struct Plan: Sendable {
    package let inputShape: Shape
    /// The last layer's.
    package let outputShape: Shape
    /// One for each layer, in order.
    package let layers: [LayerReport]
    /// The most bytes that tensors and workspace take together at any moment, the input included.
    package let peakBytes: Int
    /// Of the whole run.
    package let multiplyAccumulates: Int
    /// Weights and biases of all layers.
    package let parameters: Int
}
