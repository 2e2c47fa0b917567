import CVectorKernels

/// Numbers of a parameter that may be missing.
private struct Factors {
    var weight: UnsafePointer<Float>?
    var bias: UnsafePointer<Float>?

    /// (x − mean) · scale · weight + bias for one weight and bias.
    func affine(_ index: Int, scale: Double) -> (scale: Float, shift: Float) {
        (Float(scale * Double(weight?[index] ?? 1)), bias?[index] ?? 0)
    }
}

private func withFactors(_ weight: Tensor?, _ bias: Tensor?, _ body: (Factors) -> Void) {
    func withPointer(_ tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> Void) {
        if let tensor { tensor.withElements { body($0.baseAddress) } } else { body(nil) }
    }
    withPointer(weight) { weight in withPointer(bias) { bias in body(Factors(weight: weight, bias: bias)) } }
}

extension cv_kernels {
    /// The mean and 1 / √(variance + eps), the variance divided by the count (not the count − 1).
    fileprivate func moments(
        _ elements: UnsafePointer<Float>,
        _ count: Int,
        epsilon: Double
    ) -> (mean: Double, scale: Double) {
        let mean = total(elements, count) / Double(count)
        let variance = squares(elements, count, mean) / Double(count)
        return (mean, 1 / (variance + epsilon).squareRoot())
    }
}

/// Normalisation by given statistics.
struct BatchNormalizationWork: Sendable {
    var layout: ChannelLayout
    var mean: Tensor
    var variance: Tensor
    var weight: Tensor?
    var bias: Tensor?
    var epsilon: Double

    /// What is multiplied and added in each channel; `nil` for another number of channels.
    func affine(channels: Int) -> [(scale: Double, shift: Double)]? {
        guard layout.channels == channels else { return nil }
        let mean = mean.elements, variance = variance.elements
        let weight = weight?.elements, bias = bias?.elements
        return (0..<channels).map { channel in
            let scale = number(weight, channel, else: 1) / (Double(variance[channel]) + epsilon).squareRoot()
            return (scale, number(bias, channel, else: 0) - Double(mean[channel]) * scale)
        }
    }

    func run(_ input: Tensor, outputShape: Shape, team: Team, kernels: KernelSet = .chosen) -> Tensor {
        let inner = layout.inner
        return input.computed(outputShape) { input, output in
            withFactors(weight, bias) { factors in
                mean.withElements { mean in
                    variance.withElements { variance in
                        let planes = layout.outer * layout.channels
                        team.forEachRun(ofRows: planes, length: inner, microseconds: 100) { run in
                            for plane in run {
                                let channel = plane % layout.channels
                                let scale = 1 / (Double(variance[channel]) + epsilon).squareRoot()
                                let affine = factors.affine(channel, scale: scale)
                                kernels.functions.affine(
                                    input + plane * inner,
                                    inner,
                                    Double(mean[channel]),
                                    affine.scale,
                                    affine.shift,
                                    output + plane * inner
                                )
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Normalisation of rows.
struct LayerNormalizationWork: Sendable {
    var rows: Int
    var length: Int
    var weight: Tensor?
    var bias: Tensor?
    var epsilon: Double

    func run(_ input: Tensor, outputShape: Shape, team: Team, kernels: KernelSet = .chosen) -> Tensor {
        let functions = kernels.functions
        return input.computed(outputShape) { input, output in
            withFactors(weight, bias) { factors in
                team.forEachRun(ofRows: rows, length: length, microseconds: 400) { run in
                    for row in run {
                        let first = row * length
                        let (mean, scale) = functions.moments(input + first, length, epsilon: epsilon)
                        functions.affine_each(
                            input + first,
                            length,
                            mean,
                            Float(scale),
                            factors.weight,
                            factors.bias,
                            output + first
                        )
                    }
                }
            }
        }
    }
}

/// Normalisation of groups of channels.
struct GroupNormalizationWork: Sendable {
    var layout: ChannelLayout
    var groups: Int
    var weight: Tensor?
    var bias: Tensor?
    var epsilon: Double

    func run(_ input: Tensor, outputShape: Shape, team: Team, kernels: KernelSet = .chosen) -> Tensor {
        let functions = kernels.functions
        let channels = layout.channels / groups, inner = layout.inner, size = channels * inner
        return input.computed(outputShape) { input, output in
            withFactors(weight, bias) { factors in
                team.forEachRun(ofRows: layout.outer * groups, length: size, microseconds: 300) { run in
                    for group in run where !team.isStopped {
                        let first = group * size
                        let (mean, scale) = functions.moments(input + first, size, epsilon: epsilon)
                        for channel in 0..<channels {
                            let affine = factors.affine(group % groups * channels + channel, scale: scale)
                            let plane = first + channel * inner
                            functions.affine(input + plane, inner, mean, affine.scale, affine.shift, output + plane)
                        }
                    }
                }
            }
        }
    }
}

/// Normalisation by neighbouring channels: `size` of them, size / 2 before, itself, and what is left after.
struct LocalResponseNormalizationWork: Sendable {
    var layout: ChannelLayout
    var layer: LocalResponseNormalization

    func run(_ input: Tensor, outputShape: Shape, team: Team, kernels: KernelSet = .chosen) -> Tensor {
        let sample = layout.channels * layout.inner
        let response = cv_local_response(
            channels: layout.channels,
            inner: layout.inner,
            before: min(layer.size / 2, layout.channels),
            after: min((layer.size - 1) / 2, layout.channels),
            factor: layer.alpha / Double(layer.size),
            beta: layer.beta,
            k: layer.k
        )
        // A task's columns, and the channels before and after, stay in the first-level cache.
        let columns = Runs(count: layout.inner, each: 64)
        let window = response.before + response.after + 1
        let nanoseconds = layout.outer * sample * (window + 12) / (2 * kernels.lanes)
        return input.computed(outputShape) { input, output in
            team.run(tasks: layout.outer * columns.tasks, nanoseconds: nanoseconds) { task in
                let run = columns[task % columns.tasks], first = task / columns.tasks * sample
                var own = response
                kernels.functions.local_response(&own, input + first, run.lowerBound, run.upperBound, output + first)
            }
        }
    }
}
