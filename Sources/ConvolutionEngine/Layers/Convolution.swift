/// Cross-correlation with learned kernels (`torch.nn.functional.conv1d` to `conv3d`).
package struct Convolution: Sendable {
    /// Where the kernels come from.
    package enum Weight: Sendable {
        /// [C_out, C_in / groups, k…]; or [k…] alone when C_in and C_out are 1.
        case tensor(Tensor)
        /// A known 2-d kernel, applied to every channel by itself.
        case named(WellKnownKernel)
        /// Shapes only: no numbers are known.
        case unspecified(outChannels: Int, kernelSize: Spatial)
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
    package var paddingMode = PaddingMode.zeros
    package var dilation = Spatial(repeating: 1)
    package var groups = 1
    package var algorithm = AlgorithmRequest.auto

    package init(spatialRank: Int, weight: Weight) {
        self.spatialRank = spatialRank
        self.weight = weight
    }
}

/// Which algorithm a request asks for. `auto` takes the fastest whose stated error bound holds.
package enum AlgorithmRequest: String, Hashable, Sendable, CaseIterable {
    case auto, direct, winograd
}
