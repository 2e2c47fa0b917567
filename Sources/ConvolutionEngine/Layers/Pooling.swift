/// A window that slides over each channel and leaves one number (`max_pool`, `avg_pool`, `lp_pool`, 1-d to 3-d).
package struct Pooling: Sendable {
    package enum Reduction: Hashable, Sendable {
        /// The largest element; NaN wins, ties take the first index. Padding counts as −∞.
        case maximum(returnsIndices: Bool)
        /// The mean. The divisor is PyTorch's: the window cut at input + padding, or what `divisorOverride` says.
        case average(countsPadding: Bool, divisorOverride: Int?)
        /// (Σ|x|^p)^(1/p) over the cells inside the input (ONNX's definition).
        case norm(p: Double)
    }

    /// 1, 2 or 3.
    package var spatialRank: Int
    package var reduction: Reduction
    package var kernelSize: Spatial
    package var stride: Spatial
    package var padding = Padding.none
    package var dilation = Spatial(repeating: 1)
    /// Also keeps a last, partial window that starts inside the input or its leading padding.
    package var ceilMode = false

    /// The stride is the kernel's size unless it is set.
    package init(spatialRank: Int, reduction: Reduction, kernelSize: Spatial) {
        self.spatialRank = spatialRank
        self.reduction = reduction
        self.kernelSize = kernelSize
        stride = kernelSize
    }
}

/// Pooling whose windows are chosen so that the output has a given size (`adaptive_max_pool`, `adaptive_avg_pool`).
package struct AdaptivePooling: Sendable {
    package enum Reduction: Hashable, Sendable {
        case maximum(returnsIndices: Bool)
        case average
    }

    /// 1, 2 or 3.
    package var spatialRank: Int
    package var reduction: Reduction
    /// One entry per spatial axis, outermost first; `nil` keeps the input's extent.
    package var outputSize: [Int?]

    package init(spatialRank: Int, reduction: Reduction, outputSize: [Int?]) {
        self.spatialRank = spatialRank
        self.reduction = reduction
        self.outputSize = outputSize
    }
}

/// Puts each element back where max pooling took it from, zero elsewhere (`max_unpool1d` to `3d`).
/// Where two elements have the same index, the last in row-major order stays.
package struct Unpooling: Sendable {
    /// 1, 2 or 3.
    package var spatialRank: Int
    /// The input's shape, indices flat within each channel plane of the output; `nil` for shapes without data.
    package var indices: IndexTensor?
    package var kernelSize: Spatial
    package var stride: Spatial
    package var padding = Padding.none
    /// Spatial extents of the output, strictly within one stride of the default (in − 1)·s − 2p + k.
    package var outputSize: Spatial?

    package init(spatialRank: Int, indices: IndexTensor?, kernelSize: Spatial) {
        self.spatialRank = spatialRank
        self.indices = indices
        self.kernelSize = kernelSize
        stride = kernelSize
    }
}
