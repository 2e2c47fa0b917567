/// (x − mean) / √(variance + eps) · weight + bias per channel, with running statistics (`batch_norm1d` to `3d`).
package struct BatchNormalization: Sendable {
    /// 1, 2 or 3; only checks the input's rank.
    package var spatialRank: Int
    /// [C]; `nil` for shapes without data.
    package var runningMean: Tensor?
    /// [C]; `nil` for shapes without data.
    package var runningVariance: Tensor?
    /// [C]
    package var weight: Tensor?
    /// [C]
    package var bias: Tensor?
    package var epsilon: Double = 1e-5
    /// For shapes without data: whether a weight and a bias that are not given are to be counted all the same.
    package var countsAffine = false

    package init(spatialRank: Int, runningMean: Tensor?, runningVariance: Tensor?) {
        self.spatialRank = spatialRank
        self.runningMean = runningMean
        self.runningVariance = runningVariance
    }
}

/// Normalisation over the trailing axes `normalizedShape` (`layer_norm`).
package struct LayerNormalization: Sendable {
    package var normalizedShape: [Int]
    /// `normalizedShape`
    package var weight: Tensor?
    /// `normalizedShape`
    package var bias: Tensor?
    package var epsilon: Double = 1e-5
    /// For shapes without data: whether a weight and a bias that are not given are to be counted all the same.
    package var countsAffine = false

    package init(normalizedShape: [Int]) { self.normalizedShape = normalizedShape }
}

/// Normalisation over groups of channels of each sample (`group_norm`); `instance_norm` is a group per channel.
package struct GroupNormalization: Sendable {
    /// `nil`: a group per channel (instance normalisation).
    package var groups: Int?
    /// [C]
    package var weight: Tensor?
    /// [C]
    package var bias: Tensor?
    package var epsilon: Double = 1e-5
    /// For shapes without data: whether a weight and a bias that are not given are to be counted all the same.
    package var countsAffine = false

    package init(groups: Int?) { self.groups = groups }
}

/// x / (k + alpha/size · Σx²)^beta over neighbouring channels (`local_response_norm`).
package struct LocalResponseNormalization: Hashable, Sendable {
    package var size: Int
    package var alpha: Double = 1e-4
    package var beta: Double = 0.75
    package var k: Double = 1

    package init(size: Int) { self.size = size }
}
