/// Validate, plan, run. Start reading here.
///
/// `plan` checks everything that can be wrong with a network and decides how each layer is computed; `run` then cannot
/// fail. Both work on the calling thread; inside a large layer a small team of threads helps.
package final class Engine: Sendable {
    /// The threads that share the work of a large layer, and of a large body or answer.
    package let team: Team

    /// Weights that were prepared for an earlier plan.
    package let weightCache: WeightCache
    /// Bytes of weights that are kept for plans to come: enough for the convolutions of a ResNet-18.
    package static let standardCacheBytes = 128 << 20
    private let bareConvolutions = BareConvolutionCache()

    /// - Parameters:
    ///   - team: the threads that share the work of a large layer.
    ///   - cacheBytes: of weights that are kept for plans to come.
    package init(team: Team = .shared, cacheBytes: Int = Engine.standardCacheBytes) {
        self.team = team
        weightCache = WeightCache(capacity: cacheBytes)
    }

    /// Checks the network against an input shape and the limits, decides how to compute it, and packs the weights.
    /// Throws at the first thing that is wrong, with the evidence; takes no memory before the limits are held against it.
    ///
    /// - Parameter use: how often the plan will run: what preparing the weights may cost depends on it.
    package func plan(
        _ network: Network,
        input: Shape,
        limits: PlanLimits = .standard,
        use: WeightUse = .once
    ) throws(EngineError) -> Plan {
        if use == .once, network.layers.count == 1, network.outputs.isEmpty, network.layers[0].name == nil,
            network.layers[0].inputs.isEmpty
        {
            return try plan(network.layers[0].operation, input: input, limits: limits)
        }
        return Plan(try steps(network, input: input, limits: limits, use: use))
    }

    /// The same for one operation by itself, which may be known from an earlier request but for its numbers.
    package func plan(
        _ operation: Operation,
        input: Shape,
        limits: PlanLimits = .standard
    ) throws(EngineError) -> Plan {
        guard case .convolution(let convolution) = operation, case .tensor(let weight) = convolution.weight else {
            return Plan(try steps(Network(operation), input: input, limits: limits, use: .once))
        }
        let place = bareConvolutions.place(of: convolution, weight: weight.shape, input: input)
        if let known = bareConvolutions[place],
            known.stands(for: convolution, weight: weight, input: input, limits: limits)
        {
            return Plan(known, weight: weight, bias: convolution.bias)
        }
        let list = try steps(Network(operation), input: input, limits: limits, use: .once)
        let bare = BareConvolution(of: list, convolution, weight: weight, input: input, limits: limits)
        guard let bare else { return Plan(list) }
        bareConvolutions[place] = bare
        return Plan(bare, weight: weight, bias: convolution.bias)
    }

    private func steps(
        _ network: Network,
        input: Shape,
        limits: PlanLimits,
        use: WeightUse
    ) throws(EngineError) -> StepList {
        try Planner.plan(network, input: input, limits: limits, use: use, threads: team.size, cache: weightCache)
    }

    /// Computes a plan. `input` must have the plan's input shape.
    ///
    /// `isCancelled` is asked after each layer and before each task of one, on any thread; once it says yes, and it must
    /// say so ever after, the run stops at the next of them and the result is `nil`. `finished` is called after each layer of
    /// a plan of several, with the layer's number.
    package func run(
        _ plan: Plan,
        input: Tensor,
        isCancelled: (@Sendable () -> Bool)? = nil,
        finished: ((Int) -> Void)? = nil
    ) -> NetworkResult? {
        precondition(input.shape == plan.inputShape, "the plan is for \(plan.inputShape), not for \(input.shape)")
        switch plan.content {
        case .steps(let list):
            return run(list, plan.multiplyAccumulates, input, isCancelled, finished)
        case .bare(let convolution, let weight, let bias):
            guard let isCancelled else {
                return NetworkResult(output: convolution.run(input, weight: weight, bias: bias, team: team))
            }
            let team = team.stopping(when: isCancelled)
            let output = convolution.run(input, weight: weight, bias: bias, team: team)
            return isCancelled() ? nil : NetworkResult(output: output)
        }
    }

    private func run(
        _ list: StepList,
        _ multiplyAccumulates: Int,
        _ input: Tensor,
        _ isCancelled: (@Sendable () -> Bool)?,
        _ finished: ((Int) -> Void)?
    ) -> NetworkResult? {
        var team = isCancelled.map { self.team.stopping(when: $0) } ?? self.team
        let steps = list.steps
        // Alone, and with nothing to read but the input once.
        if steps.count == 1, list.outputs.isEmpty, steps.span[0].sources.rest.isEmpty {
            let result = steps.span[0].run(input, team: team)
            // A layer that was stopped has elements that nobody wrote.
            if let isCancelled, isCancelled() { return nil }
            return NetworkResult(output: result.tensor, indices: result.indices)
        }
        team = team.attending(nanoseconds: multiplyAccumulates / 64)
        defer { team.leave() }
        var values = Values(steps.count, input: input)
        var joints = Joints()
        // Steps are read where they lie: each has a dozen references, which a copy would count.
        let span = steps.span
        for index in span.indices {
            let first = values.tensor(span[index].sources.first), rest = span[index].sources.rest.map(values.tensor)
            let place = joints.place(span[index].place, of: index)
            values.append(span[index].run(first, rest, into: place, team: team))
            if let isCancelled, isCancelled() { return nil }
            finished?(index)
            for value in span[index].released { values.release(value) }
        }
        let last = values[steps.count]
        let named = list.outputs.map { output in
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

/// Memory of results whose parts are written before they are joined.
private struct Joints {
    private var storages: [Int: FloatStorage] = [:]

    mutating func place(_ place: StepPlace?, of index: Int) -> TensorPlace? {
        guard let place else { return nil }
        let storage = storages[place.joint] ?? FloatStorage(capacity: place.capacity)
        storages[place.joint] = place.joint == index ? nil : storage
        return TensorPlace(storage: storage, offset: place.offset)
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
