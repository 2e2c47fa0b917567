/// One node of a network: an operation, what it reads, and what it is called.
package struct Layer: Sendable {
    /// Others refer to the result by it; `outputs` of a request too.
    package var name: String?
    /// The names it reads; empty means the layer before it (or the network's input).
    package var inputs: [String]
    package var operation: Operation

    package init(_ operation: Operation, name: String? = nil, inputs: [String] = []) {
        self.operation = operation
        self.name = name
        self.inputs = inputs
    }
}

/// Every operation the engine computes.
package indirect enum Operation: Sendable {
    case convolution(Convolution)
    case transposedConvolution(TransposedConvolution)
    case pooling(Pooling)
    case adaptivePooling(AdaptivePooling)
    case unpooling(Unpooling)
    case unfold(Unfold)
    case fold(Fold)
    case activation(Activation)
    case prelu(PReLU)
    case softmax(Softmax)
    case batchNormalization(BatchNormalization)
    case layerNormalization(LayerNormalization)
    case groupNormalization(GroupNormalization)
    case localResponseNormalization(LocalResponseNormalization)
    case linear(Linear)
    case scale(Scale)
    case flatten(Flatten)
    case reshape(Reshape)
    case pad(Pad)
    case upsample(Upsample)
    case combination(Combination)
}
