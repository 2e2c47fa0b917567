import ConvolutionEngine

/// Something that can be run over and over.
struct PreparedLayer {
    /// What computes it, of the first layer.
    let algorithm: String
    let multiplyAccumulates: Int
    /// Of input and output.
    let bytes: Int
    let run: @Sendable () -> Void
    /// The last result, where there is one to compare.
    private(set) var result: () -> Tensor? = { nil }

    init(algorithm: String, multiplyAccumulates: Int, bytes: Int, run: @escaping @Sendable () -> Void) {
        self.algorithm = algorithm
        self.multiplyAccumulates = multiplyAccumulates
        self.bytes = bytes
        self.run = run
    }

    init(_ network: WeightedNetwork, team: Team) throws {
        let engine = Engine(team: team), input = network.input
        let plan = try engine.plan(network.network, input: network.inputShape, use: .often)
        self.init(
            algorithm: plan.layers.first?.algorithm ?? "",
            multiplyAccumulates: plan.multiplyAccumulates,
            bytes: (network.inputShape.elementCount + plan.outputShape.elementCount) * 4
        ) { _ = engine.run(plan, input: input) }
        result = { engine.run(plan, input: input)?.output }
    }
}
