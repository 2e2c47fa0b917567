/// A factor and a summand for each element, each repeated as it must be.
struct ScaleWork: Sendable {
    var weight: Tensor?
    var bias: Tensor?

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        var result = input
        if let weight {
            result = BroadcastWork(multiplies: true).run([result, weight], outputShape: outputShape, team: team)
        }
        if let bias {
            result = BroadcastWork(multiplies: false).run([result, bias], outputShape: outputShape, team: team)
        }
        return result
    }
}
