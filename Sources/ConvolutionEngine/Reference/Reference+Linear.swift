extension Reference {
    /// out[r, o] = bias[o] + Σ_i weight[o, i] · in[r, i]
    static func linear(
        rows: Int,
        inFeatures: Int,
        outFeatures: Int,
        weight: Span<Float>,
        bias: Span<Float>?,
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        unless isStopped: () -> Bool = { false }
    ) {
        for row in 0..<rows where !isStopped() {
            let features = input.extracting(Range(start: row * inFeatures, count: inFeatures))
            for feature in 0..<outFeatures {
                let weights = weight.extracting(Range(start: feature * inFeatures, count: inFeatures))
                let total = dotProduct(weights, features) + number(bias, feature, else: 0)
                output[row * outFeatures + feature] = Float(total)
            }
        }
    }

    /// Eight float64 sums side by side, so that one addition need not wait for the last.
    private static func dotProduct(_ first: Span<Float>, _ second: Span<Float>) -> Double {
        precondition(first.count == second.count, "rows of different lengths")
        var sums = SIMD8<Double>(repeating: 0)
        let whole = first.count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            for lane in 0..<8 {
                unsafe sums[lane] +=
                    Double(first[unchecked: start + lane]) * Double(second[unchecked: start + lane])
            }
        }
        var total = sums.sum()
        for index in whole..<first.count { total += Double(first[index]) * Double(second[index]) }
        return total
    }
}
