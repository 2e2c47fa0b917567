/// The adjoint of a convolution (`torch.nn.functional.conv_transpose1d` to `3d`).
package struct TransposedConvolution: Sendable {
    package enum Weight: Sendable {
        /// [C_in, C_out / groups, k…]; or [k…] alone when C_in and C_out are 1.
        case tensor(Tensor)
        /// Shapes only: no numbers are known.
        case unspecified(outChannels: Int, kernelSize: Spatial)
    }

    /// What decides the output's extent among the `stride` possible ones.
    package enum OutputExtent: Hashable, Sendable {
        /// Cells added at the end of each axis, each below the stride or the dilation of its axis.
        case padding(Spatial)
        /// The spatial extents themselves (of the trailing `spatialRank` axes).
        case size(Spatial)
    }

    /// 1, 2 or 3.
    package var spatialRank: Int
    package var weight: Weight
    /// [C_out]
    package var bias: Tensor?
    /// For shapes without data: whether C_out bias parameters are to be counted.
    package var countsBias = false
    package var stride = Spatial(repeating: 1)
    package var padding = Padding.none
    package var outputExtent = OutputExtent.padding(Spatial(repeating: 0))
    package var dilation = Spatial(repeating: 1)
    package var groups = 1

    package init(spatialRank: Int, weight: Weight) {
        self.spatialRank = spatialRank
        self.weight = weight
    }
}
