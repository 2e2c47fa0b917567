/// Validate, plan, run. Start reading here.
///
/// `plan` checks everything that can be wrong with a network and decides how each layer is computed; `run` then cannot
/// fail. Both work on the calling thread; inside a large layer a small team of threads helps.
package final class Engine: Sendable {
    /// The threads that share the work of a large layer, and of a large body or answer.
    package let team: Team

    /// - Parameter team: the threads that share the work of a large layer.
    package init(team: Team = .shared) {
        self.team = team
    }

    /// Checks the network against an input shape and the limits, decides how to compute it, and packs the weights.
    /// Throws at the first thing that is wrong, with the evidence; takes no memory before the limits are held against it.
    package func plan(
        _ network: Network,
        input: Shape,
        limits: PlanLimits = .standard
    ) throws(EngineError) -> Plan {
        try Planner.plan(network, input: input, limits: limits, threads: team.size)
    }

    /// Computes a plan. `input` must have the plan's input shape.
    ///
    /// `isCancelled` is asked after each layer and before each task of one, on any thread; once it says yes, and it must
    /// say so ever after, the run stops at the next of them and the result is `nil`.
    package func run(
        _ plan: Plan,
        input: Tensor,
        isCancelled: (@Sendable () -> Bool)? = nil
    ) -> NetworkResult? {
        precondition(input.shape == plan.inputShape, "the plan is for \(plan.inputShape), not for \(input.shape)")
        let team = isCancelled.map { self.team.stopping(when: $0) } ?? team
        if plan.steps.count == 1, plan.outputs.isEmpty {
            let result = plan.steps[0].run(input, team: team)
            // A layer that was stopped has elements that nobody wrote.
            if let isCancelled, isCancelled() { return nil }
            return NetworkResult(output: result.tensor, indices: result.indices, named: [])
        }
        var values = Values(plan.steps.count, input: input)
        for step in plan.steps {
            values.append(step.run(values.tensor(step.sources.first), step.sources.rest.map(values.tensor), team: team))
            if let isCancelled, isCancelled() { return nil }
            for value in step.released { values.release(value) }
        }
        let last = values[plan.steps.count]
        let named = plan.outputs.map { output in
            let value = values[output.value]
            return NamedResult(name: output.name, tensor: value.tensor, indices: value.indices)
        }
        return NetworkResult(output: last.tensor, indices: last.indices, named: named)
    }

    /// What is known of each layer without data: shapes, formulas, costs. Weights may be unspecified.
    package func shapes(_ network: Network, input: Shape) throws(EngineError) -> [ShapeReport] {
        let graph = try Graph(network, input: input)
        var fields = [TrackedField?](repeating: nil, count: 1)
        fields[0] = TrackedField()
        var reports: [ShapeReport] = []
        try graph.walk(input: input) { index, sources, resolved throws(EngineError) in
            let read = [fields[sources.first]] + sources.rest.map { fields[$0] }
            let field = TrackedField.merged(read)?.passed(through: resolved.reach)
            fields.append(field)
            let layer = network.layers[index]
            reports.append(
                ShapeReport(
                    name: layer.name,
                    type: layer.operation.name,
                    shape: resolved.outputShape,
                    formula: Formula(resolved.reach),
                    parameters: resolved.parameters,
                    multiplyAccumulates: resolved.multiplyAccumulates,
                    activationBytes: resolved.outputShape.byteCount,
                    receptiveField: field?.report,
                    parametersLocallyConnected: resolved.parametersLocallyConnected,
                    parametersDense: resolved.parametersDense
                )
            )
        }
        return reports
    }
}

/// The results of a run that are still wanted: value 0 is the input, value i + 1 the result of step i.
private struct Values {
    private var results: [LayerResult?] = []

    init(_ steps: Int, input: Tensor) {
        results.reserveCapacity(steps + 1)
        results.append(LayerResult(input))
    }

    subscript(value: Int) -> LayerResult {
        guard let result = results[value] else { preconditionFailure("a value was released too early") }
        return result
    }

    func tensor(_ value: Int) -> Tensor { self[value].tensor }

    mutating func append(_ result: LayerResult) { results.append(result) }

    mutating func release(_ value: Int) { results[value] = nil }
}
