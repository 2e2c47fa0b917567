/// Layers in the order they are computed, and which results are asked for.
package struct Network: Sendable {
    package var layers: [Layer]
    /// The name by which layers read the network's own input.
    package var inputName = "input"
    /// Names of results asked for besides the last layer's.
    package var outputs: [String] = []

    package init(layers: [Layer]) { self.layers = layers }

    /// One operation by itself.
    init(_ operation: Operation) { self.init(layers: [Layer(operation)]) }
}
