/// What each operator of ONNX's own domain becomes.
enum Operators {
    /// Turns a node into layers, or folds it, and says what its results are.
    typealias Conversion = @Sendable (inout GraphImporter, inout NodeScope) throws(NodeProblem) -> [Value]

    /// `nil` for an operator that no layer computes.
    static func named(_ node: NodeRecord) -> Conversion? {
        node.domain.isEmpty ? all[node.operation] : nil
    }

    private static let all: [String: Conversion] = convolutions.merging(pools) { first, _ in first }
        .merging(activations) { first, _ in first }
        .merging(normalizations) { first, _ in first }
        .merging(arithmetic) { first, _ in first }
        .merging(rearrangements) { first, _ in first }
        .merging(constants) { first, _ in first }
}
