/// What a run says of one layer.
package struct LayerReport: Hashable, Sendable {
    package var name: String?
    /// The operation as the interface calls it: `conv2d`, `max_pool2d`, `relu`…
    package var type: String
    package var shape: Shape
    /// Learned numbers: weights and biases (running statistics are not counted, as in PyTorch).
    package var parameters: Int
    /// Multiply-accumulates.
    package var multiplyAccumulates: Int
    /// Bytes of the result.
    package var activationBytes: Int
    /// Which algorithm computes it: `reference`, `direct`, `winograd`…
    package var algorithm: String
}

/// What is known of one layer without any data.
package struct ShapeReport: Hashable, Sendable {
    package var name: String?
    /// The operation as the interface calls it.
    package var type: String
    package var shape: Shape
    /// How the spatial extents come about, with the numbers filled in; `nil` for layers that keep them.
    package var formula: Formula?
    /// Learned numbers: weights and biases.
    package var parameters: Int
    /// Multiply-accumulates.
    package var multiplyAccumulates: Int
    /// Bytes of the result.
    package var activationBytes: Int
    /// `nil` before the first layer with a window, and after a layer that gives up the spatial axes.
    package var receptiveField: ReceptiveField?
    /// How many parameters the layer would have if each output position had kernels of its own (no weight sharing).
    /// `nil` for layers without shared kernels, and when the number does not fit 64 bits.
    package var parametersLocallyConnected: Int?
    /// How many parameters a fully connected layer between the same volumes (of one sample) would have.
    /// `nil` for layers without weights, and when the number does not fit 64 bits.
    package var parametersDense: Int?
}

/// One result that was asked for by name.
package struct NamedResult: Sendable {
    package var name: String
    package var tensor: Tensor
    /// Of max pooling with `returnsIndices`.
    package var indices: IndexTensor?
}

/// What a run gives.
package struct NetworkResult: Sendable {
    /// The last layer's result.
    package let output: Tensor
    /// Nil for most: held by reference, so that a result is handed on for next to nothing.
    private let more: More?

    private final class More: Sendable {
        let indices: IndexTensor?
        let named: [NamedResult]

        init(indices: IndexTensor?, named: [NamedResult]) {
            self.indices = indices
            self.named = named
        }
    }

    package init(output: Tensor, indices: IndexTensor? = nil, named: [NamedResult] = []) {
        self.output = output
        more = indices == nil && named.isEmpty ? nil : More(indices: indices, named: named)
    }

    /// Of the last layer, when it is max pooling with `returnsIndices`.
    package var indices: IndexTensor? { more?.indices }
    /// What `Network.outputs` asked for, in its order.
    package var named: [NamedResult] { more?.named ?? [] }
}
