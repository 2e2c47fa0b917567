import ConvolutionEngine
import ModelStore

/// The model that a request names, as it is when the request comes: what replaces it later does not touch the request.
struct RequestedModel: Sendable {
    let name: ModelName
    /// `nil` where it must be read from its folder first.
    private let held: Model?

    init(_ name: ModelName, in store: ModelStore) throws(Problem) {
        self.name = name
        do throws(ModelError) {
            held = try store.model(name)
        } catch {
            throw Problem(error)
        }
    }

    func loaded(by store: ModelStore) throws(ModelError) -> Model {
        if let held { held } else { try store.load(name) }
    }

    /// Whether the event loop may compute it: packing weights, and reading them, is for the compute queue.
    func isSmall(for input: Shape, outputs: (Model) -> [String]) -> Bool {
        guard let held, held.hasPlan(input: input, outputs: outputs(held)) else { return false }
        return held.summary.work(for: input) <= ServiceConfiguration.inlineOperations
            && input.elementCount <= ServiceConfiguration.inlineElements
    }

    /// About how long it takes on one core, with so many nanoseconds for each element of the input in its answer's form.
    func nanoseconds(for input: Shape, each: Int) -> Int {
        guard let held else { return .max }
        return held.summary.work(for: input) / 8 + each * input.elementCount
    }
}

extension ModelSummary {
    /// About the multiply-accumulates for an input of this shape: as many for each element as the example has; saturates.
    fileprivate func work(for input: Shape) -> Int {
        let (product, overflow) = multiplyAccumulates.multipliedReportingOverflow(by: input.elementCount)
        return overflow ? .max : max(product / max(exampleShape.elementCount, 1), input.elementCount)
    }
}
