/// x · weightᵀ + bias over the last axis (`torch.nn.functional.linear`).
package struct Linear: Sendable {
    package enum Weight: Sendable {
        /// [out, in]
        case tensor(Tensor)
        /// Shapes only: no numbers are known.
        case unspecified(outFeatures: Int)
    }

    package var weight: Weight
    /// [out]
    package var bias: Tensor?
    /// For shapes without data: whether `out` bias parameters are to be counted.
    package var countsBias = false

    package init(weight: Weight) { self.weight = weight }
}
