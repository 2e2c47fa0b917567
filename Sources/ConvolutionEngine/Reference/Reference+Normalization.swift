import Glibc

extension Reference {
    /// (x − mean[c]) / √(variance[c] + eps) · weight[c] + bias[c]
    static func batchNormalization(
        _ layout: ChannelLayout,
        mean: Span<Float>,
        variance: Span<Float>,
        weight: Span<Float>?,
        bias: Span<Float>?,
        epsilon: Double,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        layout.forEachRow { channel, row in
            let scale = 1 / (Double(variance[channel]) + epsilon).squareRoot()
            let affine = Affine(
                mean: Double(mean[channel]),
                scale: scale * number(weight, channel, else: 1),
                shift: number(bias, channel, else: 0)
            )
            affine.apply(input, &output, in: row)
        }
    }

    /// Each of `rows` runs of `length` elements by itself; weight and bias are of that length.
    static func layerNormalization(
        rows: Int,
        length: Int,
        weight: Span<Float>?,
        bias: Span<Float>?,
        epsilon: Double,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        for row in 0..<rows {
            let elements = Range(start: row * length, count: length)
            let (mean, scale) = moments(input, in: elements, epsilon: epsilon)
            for index in 0..<length {
                let normalized = (Double(input[elements.lowerBound + index]) - mean) * scale
                let factor = number(weight, index, else: 1)
                let shift = number(bias, index, else: 0)
                output[elements.lowerBound + index] = Float(normalized * factor + shift)
            }
        }
    }

    /// The channels of each sample in `groups` runs, each normalised by itself; weight and bias are per channel.
    static func groupNormalization(
        _ layout: ChannelLayout,
        groups: Int,
        weight: Span<Float>?,
        bias: Span<Float>?,
        epsilon: Double,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        let channels = layout.channels / groups
        for sample in 0..<layout.outer {
            for group in 0..<groups {
                let firstChannel = group * channels
                let first = (sample * layout.channels + firstChannel) * layout.inner
                let run = Range(start: first, count: channels * layout.inner)
                let (mean, scale) = moments(input, in: run, epsilon: epsilon)
                for channel in 0..<channels {
                    let affine = Affine(
                        mean: mean,
                        scale: scale * number(weight, firstChannel + channel, else: 1),
                        shift: number(bias, firstChannel + channel, else: 0)
                    )
                    affine.apply(input, &output, in: Range(start: first + channel * layout.inner, count: layout.inner))
                }
            }
        }
    }

    /// x / (k + alpha / size · Σ x²)^beta, the sum over `size` channels: size / 2 before, itself, and what is left after.
    static func localResponseNormalization(
        _ layout: ChannelLayout,
        _ layer: LocalResponseNormalization,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        let sampleSize = layout.channels * layout.inner
        for sample in 0..<layout.outer {
            for channel in 0..<layout.channels {
                let window =
                    max(0, channel - layer.size / 2)..<min(layout.channels, channel + (layer.size - 1) / 2 + 1)
                for cell in 0..<layout.inner {
                    var total = 0.0
                    for neighbour in window {
                        let value = Double(input[sample * sampleSize + neighbour * layout.inner + cell])
                        total += value * value
                    }
                    let index = sample * sampleSize + channel * layout.inner + cell
                    let divisor = pow(layer.k + layer.alpha * total / Double(layer.size), layer.beta)
                    output[index] = Float(Double(input[index]) / divisor)
                }
            }
        }
    }

    /// The mean and 1 / √(variance + eps), the variance divided by the count (not the count − 1).
    private static func moments(
        _ input: Span<Float>,
        in run: Range<Int>,
        epsilon: Double
    ) -> (mean: Double, scale: Double) {
        var total = 0.0
        for index in run { total += Double(input[index]) }
        let mean = total / Double(run.count)
        var squares = 0.0
        for index in run {
            let difference = Double(input[index]) - mean
            squares += difference * difference
        }
        return (mean, 1 / (squares / Double(run.count) + epsilon).squareRoot())
    }
}

/// (x − mean) · scale + shift
private struct Affine {
    var mean: Double
    var scale: Double
    var shift: Double

    func apply(_ input: Span<Float>, _ output: inout MutableSpan<Float>, in row: Range<Int>) {
        for index in row { output[index] = Float((Double(input[index]) - mean) * scale + shift) }
    }
}
