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

    private var facts: PlanFacts {
        switch content {
        case .steps(let list): list.facts
        case .bare(let convolution, _, _): convolution.facts
        }
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
        switch content {
        case .steps(let list): for step in list.steps { body(step.work.algorithm) }
        case .bare(let convolution, _, _): body(convolution.algorithm.name)
        }
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
struct PlanFacts: Sendable {
    let inputShape: Shape
    let outputShape: Shape
    let peakBytes: Int
    let packedBytes: Int
    let multiplyAccumulates: Int
    let parameters: Int
    let elements: Int
    let largestLayer: Int
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
    func run(_ first: Tensor, _ rest: [Tensor] = [], team: Team) -> LayerResult {
        guard outputShape.elementCount > 0 else {
            let indices = work.givesIndices ? IndexTensor(shape: outputShape, values: []) : nil
            return LayerResult(Tensor.computed(outputShape) { _ in }, indices: indices)
        }
        return work.run(first, rest, outputShape: outputShape, team: team)
    }
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
