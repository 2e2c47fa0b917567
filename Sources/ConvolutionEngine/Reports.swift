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

/// The part of the network's input that one element of a result sees, per spatial axis, outermost first.
package struct ReceptiveField: Hashable, Sendable {
    /// Cells of the input that one element sees.
    package var size: [Double]
    /// Distance, in cells of the input, between the fields of neighbouring elements.
    package var jump: [Double]
    /// Centre of the first element's field; the first cell of the input has its centre at 0.5.
    package var start: [Double]
}

/// The arithmetic of an output extent, with the numbers filled in.
package struct Formula: Hashable, Sendable {
    /// `⌊(224 + 3 + 3 − 1·(7 − 1) − 1) / 2⌋ + 1 = 112`; one for each axis (`height …; width …`) where they differ.
    package var text: String
    /// The textbook's form, `(W − F + 2P)/S + 1 = (5 − 3 + 2·0)/2 + 1 = 2`; `nil` where it does not apply: with dilation,
    /// uneven padding, ceil_mode, or axes that differ.
    package var textbook: String?
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
    package var output: Tensor
    /// Of the last layer, when it is max pooling with `returnsIndices`.
    package var indices: IndexTensor?
    /// What `Network.outputs` asked for, in its order.
    package var named: [NamedResult]
}
