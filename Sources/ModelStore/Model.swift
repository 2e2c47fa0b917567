package import ConvolutionEngine
import Synchronization
import TensorCoding

/// A model in memory, with its weights: never changed, so that a request goes on with the one that it began with. Plans are
/// made for each shape of input when it first comes, and kept.
package final class Model: Sendable {
    package let summary: ModelSummary
    private let description: ModelDescription
    private let engine: Engine
    private let limits: PlanLimits
    private let plans: Mutex<PlanCache>
    /// Held while a plan is made, so that two requests do not pack the same weights side by side.
    private let planning = Mutex(())

    /// Reads, checks and plans. Takes as long as reading the weights and packing them takes.
    package init(
        name: ModelName,
        source: ModelSource,
        engine: Engine,
        limits: PlanLimits
    ) throws(ModelError) {
        let tensors = try Model.tensors(source.weights)
        do throws(CodingError) {
            description = try ModelDescription.decode(json: source.json.span.bytes, tensors: tensors)
        } catch {
            throw .description(error)
        }
        let check = try ModelCheck(description, engine: engine)
        let key = PlanCache.Key(input: check.exampleShape, outputs: description.network.outputs)
        let plan: Plan
        do throws(EngineError) {
            plan = try engine.plan(description.network, input: check.exampleShape, limits: limits, use: .often)
        } catch {
            throw .layers(error, input: check.exampleShape)
        }
        self.engine = engine
        self.limits = limits
        plans = Mutex(PlanCache(key, plan))
        let (weightBytes, overflow) = plan.parameters.multipliedReportingOverflow(by: 4)
        summary = ModelSummary(
            name: name,
            tag: source.tag,
            input: ModelSummary.Port(name: description.network.inputName, shape: description.inputShape),
            outputs: check.outputs,
            layers: check.layers,
            exampleShape: check.exampleShape,
            parameters: plan.parameters,
            multiplyAccumulates: plan.multiplyAccumulates,
            weightBytes: overflow ? .max : weightBytes
        )
    }

    private static func tensors(_ file: [UInt8]?) throws(ModelError) -> NamedTensors {
        guard let file else { return NamedTensors() }
        do throws(CodingError) {
            return try SafetensorsFile.read(file.span.bytes).tensors
        } catch {
            throw .weights(error)
        }
    }

    /// The model's outputs, by name, in order; empty where there is only the last layer's.
    package var outputNames: [String] { description.network.outputs }

    /// What the weights take, and the plans that are kept: packed weights.
    package var bytes: Int {
        let (sum, overflow) = summary.weightBytes.addingReportingOverflow(plans.withLock { $0.bytes })
        return overflow ? .max : sum
    }

    /// Whether a plan for this input and these outputs is at hand.
    package func hasPlan(input: Shape, outputs: [String]) -> Bool {
        plans.withLock { $0[PlanCache.Key(input: input, outputs: outputs)] != nil }
    }

    /// The plan for an input of this shape that gives `outputs` beside the last layer's result; packs weights where it is the
    /// first for its shape.
    package func plan(input: Shape, outputs: [String]) throws(ModelError) -> Plan {
        guard fits(input) else { throw .inputShape(found: input, expected: description.inputShape) }
        let key = PlanCache.Key(input: input, outputs: outputs)
        if let plan = plans.withLock({ $0[key] }) { return plan }
        return try planning.withLock { _ throws(ModelError) in
            if let plan = plans.withLock({ $0[key] }) { return plan }
            var network = description.network
            network.outputs = outputs
            do throws(EngineError) {
                let plan = try engine.plan(network, input: input, limits: limits, use: .often)
                plans.withLock { $0.insert(key, plan) }
                return plan
            } catch {
                throw .layers(error, input: input)
            }
        }
    }

    /// Forgets all plans but the last one used.
    package func dropPlans() { plans.withLock { $0.keepOne() } }

    private func fits(_ shape: Shape) -> Bool {
        let expected = description.inputShape
        return shape.rank == expected.count
            && shape.indices.allSatisfy { expected[$0] == nil || expected[$0] == shape[$0] }
    }
}
