/// How a network is computed for one input shape: a value, made by `Engine.plan` and run any number of times, by any
/// number of threads at once.
package struct Plan: Sendable {
    /// Held by reference, so that a plan is handed on for next to nothing.
    enum Content: Sendable {
        case steps(StepList)
        /// One layer by itself that reads its numbers as they came.
        case bare(BareConvolution, weight: Tensor, bias: Tensor?)
    }

    let content: Content
    /// The content's, at hand without it: what is taken out of it is counted.
    private let facts: PlanFacts
    private let bareAlgorithm: ConvolutionAlgorithm?

    init(_ list: StepList) {
        content = .steps(list)
        bareAlgorithm = nil
        facts = list.facts
    }

    init(_ convolution: BareConvolution, weight: Tensor, bias: Tensor?) {
        content = .bare(convolution, weight: weight, bias: bias)
        bareAlgorithm = convolution.algorithm
        facts = convolution.facts
    }

    package var inputShape: Shape { facts.inputShape }
    /// The last layer's.
    package var outputShape: Shape { facts.outputShape }
    /// The most bytes that tensors, workspace and packed weights take together at any moment, the input included.
    package var peakBytes: Int { facts.peakBytes }
    /// Of them, what stays between runs: the packed weights.
    package var packedBytes: Int { facts.packedBytes }
    /// Of the whole run.
    package var multiplyAccumulates: Int { facts.multiplyAccumulates }
    /// Weights and biases of all layers.
    package var parameters: Int { facts.parameters }
    /// Of all results together; saturates.
    package var elements: Int { facts.elements }
    /// Elements of the largest result.
    package var largestLayer: Int { facts.largestLayer }

    /// The algorithm of each layer, in order.
    package func forEachAlgorithm(_ body: (String) -> Void) {
        if let bareAlgorithm { return body(bareAlgorithm.name) }
        guard case .steps(let list) = content else { return }
        for step in list.steps { body(step.work.algorithm) }
    }

    /// One for each layer, in order.
    package var layers: [LayerReport] {
        switch content {
        case .steps(let list): list.steps.map(\.report)
        case .bare(let convolution, _, _): [convolution.report]
        }
    }
}

/// What a plan says of itself before any number is touched.
final class PlanFacts: Sendable {
    let inputShape: Shape
    let outputShape: Shape
    let peakBytes: Int
    let packedBytes: Int
    let multiplyAccumulates: Int
    let parameters: Int
    let elements: Int
    let largestLayer: Int

    /// - Parameter results: Elements of each layer's result.
    init(
        inputShape: Shape,
        outputShape: Shape,
        results: [Int],
        peakBytes: Int,
        packedBytes: Int,
        multiplyAccumulates: Int,
        parameters: Int
    ) {
        self.inputShape = inputShape
        self.outputShape = outputShape
        self.peakBytes = peakBytes
        self.packedBytes = packedBytes
        self.multiplyAccumulates = multiplyAccumulates
        self.parameters = parameters
        elements = results.reduce(0) { sum($0, $1) } ?? Int.max
        largestLayer = results.max() ?? 0
    }
}

/// The layers of a plan in the order in which they are computed, with their numbers.
final class StepList: Sendable {
    let facts: PlanFacts
    let steps: [Step]
    let outputs: [NamedValue]

    init(facts: PlanFacts, steps: [Step], outputs: [NamedValue]) {
        self.facts = facts
        self.steps = steps
        self.outputs = outputs
    }
}

/// One layer of a plan.
struct Step: Sendable {
    var name: String?
    var type: String
    var work: Work
    var sources: Sources
    var outputShape: Shape
    var parameters: Int
    var multiplyAccumulates: Int
    var workspaceBytes: Int
    /// Where its result goes, when that is a part of a later step's, or has parts that are there already.
    var place: StepPlace?
    /// Values that nobody reads after this step, its own result among them when nobody does at all.
    var released: [Int] = []

    var report: LayerReport {
        LayerReport(
            name: name,
            type: type,
            shape: outputShape,
            parameters: parameters,
            multiplyAccumulates: multiplyAccumulates,
            activationBytes: outputShape.byteCount,
            algorithm: work.algorithm
        )
    }

    /// Computes the step from what it reads, in the order of its sources.
    func run(_ first: Tensor, _ rest: [Tensor] = [], into place: TensorPlace? = nil, team: Team) -> LayerResult {
        guard outputShape.elementCount > 0 else {
            let indices = work.givesIndices ? IndexTensor(shape: outputShape, values: []) : nil
            return LayerResult(Tensor.computed(outputShape) { _ in }, indices: indices)
        }
        return work.run(first, rest, outputShape: outputShape, into: place, team: team)
    }
}

/// A part of the result of a step that joins several.
struct StepPlace: Sendable {
    /// That step.
    var joint: Int
    /// In elements of its result.
    var offset: Int
    /// Elements of its result.
    var capacity: Int
}

/// A result asked for by name.
struct NamedValue: Sendable {
    var name: String
    var value: Int
}

extension Shape {
    /// Of float32 elements; only for shapes within a plan's limits or reported without data, where it saturates.
    package var byteCount: Int { product(elementCount, 4) ?? Int.max }
}
