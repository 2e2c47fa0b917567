/// A slope for the negative side.
struct PReLUWork: Sendable {
    var layout: ChannelLayout
    var weight: Tensor

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.prelu(layout, weight: weight.elements, input: input.elements, output: &output)
        }
    }
}

/// Exponentials along the layout's channel axis.
struct SoftmaxWork: Sendable {
    var layout: ChannelLayout
    var isLogarithmic: Bool

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.softmax(layout, isLogarithmic: isLogarithmic, input: input.elements, output: &output)
        }
    }
}

/// A matrix over the last axis.
struct LinearWork: Sendable {
    var rows: Int
    var inFeatures: Int
    var outFeatures: Int
    var weight: Tensor
    var bias: Tensor?

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.linear(
                rows: rows,
                inFeatures: inFeatures,
                outFeatures: outFeatures,
                weight: weight.elements,
                bias: bias?.elements,
                input: input.elements,
                output: &output,
                unless: { team.isStopped }
            )
        }
    }
}
