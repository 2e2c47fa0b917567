import Glibc

extension Reference {
    /// exp(x − max) / Σ exp(x − max) along the channel axis, or its logarithm.
    static func softmax(
        _ layout: ChannelLayout,
        isLogarithmic: Bool,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        let (length, step) = (layout.channels, layout.inner)
        for outer in 0..<layout.outer {
            for inner in 0..<step {
                let first = outer * length * step + inner
                var maximum = -Float.infinity
                for index in 0..<length {
                    let value = input[first + index * step]
                    if value > maximum || value.isNaN { maximum = value }
                }
                var total = 0.0
                for index in 0..<length {
                    let exponential = expf(input[first + index * step] - maximum)
                    output[first + index * step] = exponential
                    total += Double(exponential)
                }
                if isLogarithmic {
                    let logarithm = log(total)
                    for index in 0..<length {
                        let value = Double(input[first + index * step]) - Double(maximum)
                        output[first + index * step] = Float(value - logarithm)
                    }
                } else {
                    for index in 0..<length {
                        output[first + index * step] = Float(Double(output[first + index * step]) / total)
                    }
                }
            }
        }
    }
}
