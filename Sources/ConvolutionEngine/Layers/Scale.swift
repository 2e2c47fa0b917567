/// x · weight + bias, each broadcast over the input, whose shape stays as it is.
package struct Scale: Sendable {
    /// `nil`: 1
    package var weight: Tensor?
    /// `nil`: 0
    package var bias: Tensor?

    package init(weight: Tensor?, bias: Tensor?) {
        self.weight = weight
        self.bias = bias
    }
}
