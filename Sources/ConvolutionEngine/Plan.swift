/// How a network is computed for one input shape: a value, made by `Engine.plan` and run any number of times, by any
/// number of threads at once.
package struct Plan: Sendable {
    package let inputShape: Shape
    let steps: [Step]
    let outputs: [NamedValue]
    /// The most bytes that tensors, workspace and packed weights take together at any moment, the input included.
    package let peakBytes: Int
    /// Of them, what stays between runs: the packed weights.
    package let packedBytes: Int
    /// Of the whole run.
    package let multiplyAccumulates: Int
    /// Weights and biases of all layers.
    package let parameters: Int

    /// The last layer's.
    package var outputShape: Shape { steps[steps.count - 1].outputShape }

    /// Of all results together; saturates.
    package var elements: Int {
        steps.reduce(0) { total, step in sum(total, step.outputShape.elementCount) ?? Int.max }
    }

    /// Elements of the largest result.
    package var largestLayer: Int { steps.reduce(0) { max($0, $1.outputShape.elementCount) } }

    /// The algorithm of each layer, in order.
    package func forEachAlgorithm(_ body: (String) -> Void) {
        for step in steps { body(step.work.algorithm) }
    }

    /// One for each layer, in order.
    package var layers: [LayerReport] { steps.map(\.report) }
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
