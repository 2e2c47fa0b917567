extension Reference {
    /// out[r, o] = bias[o] + Σ_i weight[o, i] · in[r, i]
    static func linear(
        rows: Int,
        inFeatures: Int,
        outFeatures: Int,
        weight: Span<Float>,
        bias: Span<Float>?,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        for row in 0..<rows {
            for feature in 0..<outFeatures {
                var total = number(bias, feature, else: 0)
                for index in 0..<inFeatures {
                    total += Double(weight[feature * inFeatures + index]) * Double(input[row * inFeatures + index])
                }
                output[row * outFeatures + feature] = Float(total)
            }
        }
    }
}
