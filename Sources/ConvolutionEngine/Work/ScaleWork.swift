/// A factor and a summand for each element, each repeated as it must be.
struct ScaleWork: Sendable {
    var weight: Tensor?
    var bias: Tensor?

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.broadcast(from: outputShape, to: outputShape, input: input.elements, output: &output) { _, x in x
            }
            if let weight {
                Reference.broadcast(
                    from: weight.shape,
                    to: outputShape,
                    input: weight.elements,
                    output: &output
                ) { held, factor in held * factor }
            }
            if let bias {
                Reference.broadcast(
                    from: bias.shape,
                    to: outputShape,
                    input: bias.elements,
                    output: &output
                ) { held, summand in held + summand }
            }
        }
    }
}
