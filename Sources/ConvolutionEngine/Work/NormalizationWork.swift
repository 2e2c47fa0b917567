/// Normalisation by given statistics.
struct BatchNormalizationWork: Sendable {
    var layout: ChannelLayout
    var mean: Tensor
    var variance: Tensor
    var weight: Tensor?
    var bias: Tensor?
    var epsilon: Double

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.batchNormalization(
                layout,
                mean: mean.elements,
                variance: variance.elements,
                weight: weight?.elements,
                bias: bias?.elements,
                epsilon: epsilon,
                input: input.elements,
                output: &output
            )
        }
    }
}

/// Normalisation of rows.
struct LayerNormalizationWork: Sendable {
    var rows: Int
    var length: Int
    var weight: Tensor?
    var bias: Tensor?
    var epsilon: Double

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.layerNormalization(
                rows: rows,
                length: length,
                weight: weight?.elements,
                bias: bias?.elements,
                epsilon: epsilon,
                input: input.elements,
                output: &output
            )
        }
    }
}

/// Normalisation of groups of channels.
struct GroupNormalizationWork: Sendable {
    var layout: ChannelLayout
    var groups: Int
    var weight: Tensor?
    var bias: Tensor?
    var epsilon: Double

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.groupNormalization(
                layout,
                groups: groups,
                weight: weight?.elements,
                bias: bias?.elements,
                epsilon: epsilon,
                input: input.elements,
                output: &output
            )
        }
    }
}

/// Normalisation by neighbouring channels.
struct LocalResponseNormalizationWork: Sendable {
    var layout: ChannelLayout
    var layer: LocalResponseNormalization

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.localResponseNormalization(layout, layer, input: input.elements, output: &output)
        }
    }
}
