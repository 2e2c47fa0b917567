/// What a plan may ask for. Applied to the plan, before any memory is taken.
package struct PlanLimits: Hashable, Sendable {
    /// The most elements that one tensor of the plan may have.
    package var elementsPerTensor: Int
    /// The most bytes that tensors and workspace may take together at any moment of the run.
    package var bytes: Int
    /// The most multiply-accumulates of the whole run.
    package var multiplyAccumulates: Int
    /// The most layers.
    package var layers: Int

    package init(elementsPerTensor: Int, bytes: Int, multiplyAccumulates: Int, layers: Int) {
        self.elementsPerTensor = elementsPerTensor
        self.bytes = bytes
        self.multiplyAccumulates = multiplyAccumulates
        self.layers = layers
    }

    /// A quarter of a gigabyte for one tensor, two gigabytes in all, about a minute of one fast core, and more layers than any
    /// published network has.
    package static let standard = PlanLimits(
        elementsPerTensor: 1 << 26,
        bytes: 1 << 31,
        multiplyAccumulates: 1 << 42,
        layers: 4096
    )
}
