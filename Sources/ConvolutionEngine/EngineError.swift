/// Why a layer or network cannot be computed: where, and what was found against what was expected.
///
/// The sentences for people are written elsewhere, in one place; here is only the evidence.
package struct EngineError: Error, Hashable, Sendable {
    /// The index of the layer in the request, `nil` when the request is one operation or no layer is to blame.
    package var layer: Int?
    /// The parameter to blame, as the interface names it (`weight`, `stride`, `input`…).
    package var parameter: String?
    package var reason: Reason

    package init(_ reason: Reason, parameter: String? = nil, layer: Int? = nil) {
        self.reason = reason
        self.parameter = parameter
        self.layer = layer
    }
}

extension EngineError {
    /// What is wrong, with the evidence. The engine's owner adds cases; every case has a sentence.
    package enum Reason: Hashable, Sendable {
        /// A tensor has the wrong number of axes.
        case rank(found: Shape, expected: [Int])
    }
}
