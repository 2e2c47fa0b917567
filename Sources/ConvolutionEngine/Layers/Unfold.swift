/// Sliding blocks as columns (`torch.nn.functional.unfold`): [N, C, H, W] → [N, C·kH·kW, L].
package struct Unfold: Hashable, Sendable {
    package var kernelSize: Spatial
    package var stride = Spatial(repeating: 1)
    package var padding = Padding.none
    package var dilation = Spatial(repeating: 1)

    package init(kernelSize: Spatial) { self.kernelSize = kernelSize }
}

/// Columns summed back into an image (`torch.nn.functional.fold`): [N, C·kH·kW, L] → [N, C, H, W].
package struct Fold: Hashable, Sendable {
    /// Height and width of the output.
    package var outputSize: Spatial
    package var kernelSize: Spatial
    package var stride = Spatial(repeating: 1)
    package var padding = Padding.none
    package var dilation = Spatial(repeating: 1)

    package init(outputSize: Spatial, kernelSize: Spatial) {
        self.outputSize = outputSize
        self.kernelSize = kernelSize
    }
}
