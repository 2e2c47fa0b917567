/// Makes a plan: resolve every layer, add up what it takes, hold that against the limits, and only then take memory.
struct Planner {
    private let limits: PlanLimits
    private let use: WeightUse
    private let threads: Int
    private var steps: [Step] = []
    private var parameters: Int? = 0
    private var multiplyAccumulates: Int? = 0
    private var cost: Int? = 0
    private var packedBytes: Int? = 0

    /// - Parameters:
    ///   - use: how often the plan will run.
    ///   - threads: how many may take part in a layer, each with working memory of its own.
    static func plan(
        _ network: Network,
        input: Shape,
        limits: PlanLimits,
        use: WeightUse,
        threads: Int,
        cache: WeightCache
    ) throws(EngineError) -> StepList {
        guard network.layers.count <= limits.layers else {
            throw EngineError(
                .limit(.layers, found: network.layers.count, limit: limits.layers),
                parameter: "layers"
            )
        }
        guard input.elementCount <= limits.elementsPerTensor else {
            throw EngineError(
                .limit(.elements, found: input.elementCount, limit: limits.elementsPerTensor),
                parameter: "input"
            )
        }
        let graph = try Graph(network, input: input)
        var planner = Planner(limits: limits, use: use, threads: threads)
        planner.steps.reserveCapacity(network.layers.count)
        try graph.walk(input: input) { index, sources, resolved throws(EngineError) in
            try planner.add(network.layers[index], sources, resolved)
        }
        if planner.steps.count > 1 { planner.fuse(keeping: graph.outputs) }
        planner.release(keeping: graph.outputs)
        let peakBytes = try planner.checkedPeak(input: input)
        // From here on memory is taken.
        for index in planner.steps.indices where planner.steps[index].outputShape.elementCount > 0 {
            planner.steps[index].work.prepare(cache)
        }
        return StepList(
            facts: planner.facts(input: input, peakBytes: peakBytes),
            steps: planner.steps,
            outputs: graph.outputs.indices.map { NamedValue(name: network.outputs[$0], value: graph.outputs[$0]) }
        )
    }

    private func facts(input: Shape, peakBytes: Int) -> PlanFacts {
        PlanFacts(
            inputShape: input,
            outputShape: steps[steps.count - 1].outputShape,
            results: steps.map(\.outputShape.elementCount),
            peakBytes: peakBytes,
            packedBytes: packedBytes ?? Int.max,
            multiplyAccumulates: multiplyAccumulates ?? Int.max,
            parameters: parameters ?? Int.max
        )
    }

    private init(limits: PlanLimits, use: WeightUse, threads: Int) {
        self.limits = limits
        self.use = use
        self.threads = threads
    }

    private mutating func add(_ layer: Layer, _ sources: Sources, _ resolved: ResolvedLayer) throws(EngineError) {
        guard var work = resolved.work else { throw EngineError(.noNumbers, parameter: resolved.missing) }
        if use == .often { work.willRunOften() }
        guard resolved.outputShape.elementCount <= limits.elementsPerTensor else {
            throw EngineError(
                .limit(.elements, found: resolved.outputShape.elementCount, limit: limits.elementsPerTensor)
            )
        }
        parameters = sum(parameters, resolved.parameters)
        multiplyAccumulates = sum(multiplyAccumulates, resolved.multiplyAccumulates)
        cost = sum(cost, resolved.cost)
        guard let cost, cost <= limits.multiplyAccumulates else {
            throw EngineError(.limit(.multiplyAccumulates, found: cost, limit: limits.multiplyAccumulates))
        }
        packedBytes = sum(packedBytes, sum(resolved.packedBytes, work.transformedBytes))
        guard let packedBytes, packedBytes <= limits.bytes else {
            throw EngineError(.limit(.bytes, found: packedBytes, limit: limits.bytes))
        }
        let isEmpty = resolved.outputShape.elementCount == 0
        guard let workspaceBytes = isEmpty ? 0 : work.workspaceBytes(threads: threads) else {
            throw EngineError(.limit(.bytes, found: nil, limit: limits.bytes))
        }
        steps.append(
            Step(
                name: layer.name,
                type: layer.operation.name,
                work: work,
                sources: sources,
                outputShape: resolved.outputShape,
                parameters: resolved.parameters,
                multiplyAccumulates: resolved.multiplyAccumulates,
                workspaceBytes: workspaceBytes
            )
        )
    }

    private mutating func fuse(keeping outputs: [Int]) {
        let fusion = Fusion(steps, outputs: outputs)
        packedBytes = sum(packedBytes, fusion.foldedBytes)
        let separable = SeparableFusion(fusion.steps, outputs: outputs, threads: threads)
        steps = ConcatenationFusion(separable.steps, outputs: outputs).steps
    }

    /// Notes after which step each value is read no more. The last result and those asked for stay.
    private mutating func release(keeping outputs: [Int]) {
        guard steps.count > 1 else { return }
        var lastReader = Array(0...steps.count)
        for (index, step) in steps.enumerated() {
            lastReader[step.sources.first] = index + 1
            for source in step.sources.rest { lastReader[source] = index + 1 }
        }
        lastReader[steps.count] = Int.max
        for output in outputs { lastReader[output] = Int.max }
        for (value, reader) in lastReader.enumerated() where reader <= steps.count {
            // A network's input that nobody reads goes with the first step.
            steps[max(reader, 1) - 1].released.append(value)
        }
    }

    /// The most bytes alive at once; throws when they are over the limit.
    private func checkedPeak(input: Shape) throws(EngineError) -> Int {
        var sizes = [input.byteCount]
        var live = sum(packedBytes, input.byteCount)
        var peak = live
        var begun: Set<Int> = []
        for (index, step) in steps.enumerated() {
            // What hands on the memory that it reads takes it over from the value that ends with it.
            let source = step.sources.first
            let takesOver = step.work.handsOn && step.released.contains(source)
            var size = step.work.handsOn ? sizes[source] : step.outputShape.byteCount
            var taken = takesOver ? 0 : size
            // The first part of a joint result takes the memory of all of it, which goes with the whole.
            if let place = step.place {
                let whole = product(place.capacity, 4) ?? Int.max
                taken = begun.insert(place.joint).inserted ? whole : 0
                size = place.joint == index ? whole : 0
            }
            sizes.append(size)
            live = sum(live, taken)
            let now = sum(live, step.workspaceBytes)
            guard let now, now <= limits.bytes else {
                throw EngineError(.limit(.bytes, found: now, limit: limits.bytes), layer: index)
            }
            peak = max(peak ?? 0, now)
            for value in step.released where !(takesOver && value == source) { live = live.map { $0 - sizes[value] } }
        }
        return peak ?? Int.max
    }
}
