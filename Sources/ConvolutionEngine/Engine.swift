/// Validate, plan, run. Start reading here.
///
/// `plan` checks everything that can be wrong with a network and decides how each layer is computed; `run` then cannot
/// fail. Both work on the calling thread; inside a large layer a small team of threads helps.
package final class Engine: Sendable {
    package init() {}

    /// Checks the network against an input shape and the limits, and decides how to compute it.
    /// Takes no memory for tensors. Throws at the first thing that is wrong, with the evidence.
    package func plan(
        _ network: Network,
        input: Shape,
        limits: PlanLimits = .standard
    ) throws(EngineError) -> Plan {
        throw EngineError(.emptyNetwork)
    }

    /// Computes a plan. `input` must have the plan's input shape.
    ///
    /// `isCancelled` is asked before each layer; once it says yes the run stops and the result is `nil`.
    package func run(_ plan: Plan, input: Tensor, isCancelled: () -> Bool = { false }) -> NetworkResult? {
        nil
    }

    /// What is known of each layer without data: shapes, formulas, costs. Weights may be unspecified.
    package func shapes(_ network: Network, input: Shape) throws(EngineError) -> [ShapeReport] {
        throw EngineError(.emptyNetwork)
    }
}
