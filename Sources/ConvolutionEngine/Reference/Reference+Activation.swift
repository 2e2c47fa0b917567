import Glibc

extension Reference {
    /// `function` of every element; input and output are of one length.
    static func activation(_ function: Activation, input: Span<Float>, output: inout MutableSpan<Float>) {
        switch function {
        // Comparisons are written so that NaN goes through.
        case .relu: map(input, &output) { $0 <= 0 ? 0 : $0 }
        case .relu6: map(input, &output) { clampToSix($0) }
        case .leakyReLU(let slope): map(input, &output) { $0 > 0 ? $0 : $0 * slope }
        case .elu(let alpha): map(input, &output) { $0 > 0 ? $0 : alpha * expm1f($0) }
        case .selu: map(input, &output) { $0 > 0 ? seluScale * $0 : seluScale * seluAlpha * expm1f($0) }
        case .gelu(tanhApproximation: false): map(input, &output) { gelu($0) }
        case .gelu(tanhApproximation: true): map(input, &output) { geluByTanh($0) }
        case .silu: map(input, &output) { $0 / (1 + expf(-$0)) }
        case .mish: map(input, &output) { $0 * tanhf(softplus($0)) }
        case .sigmoid: map(input, &output) { 1 / (1 + expf(-$0)) }
        case .tanh: map(input, &output) { tanhf($0) }
        case .softplus: map(input, &output) { $0 > 20 ? $0 : softplus($0) }
        case .hardsigmoid: map(input, &output) { clampToSix($0 + 3) / 6 }
        // Divided first: the largest floats must not overflow on the way.
        case .hardswish: map(input, &output) { $0 * (clampToSix($0 + 3) / 6) }
        case .clamp(let minimum, let maximum):
            map(input, &output) { x in
                let raised = x < minimum ? minimum : x
                return raised > maximum ? maximum : raised
            }
        }
    }

    /// max(0, x) + weight · min(0, x); `weight` holds one number, or one for each channel.
    static func prelu(
        _ layout: ChannelLayout,
        weight: Span<Float>,
        input: Span<Float>,
        output: inout MutableSpan<Float>
    ) {
        layout.forEachRow { channel, row in
            let slope = weight[weight.count == 1 ? 0 : channel]
            map(input, &output, in: row) { $0 > 0 ? $0 : $0 * slope }
        }
    }
}

// Klambauer et al., Self-Normalizing Neural Networks (2017).
private let seluAlpha: Float = 1.6732632423543772848170429916717
private let seluScale: Float = 1.0507009873554804934193349852946

private func clampToSix(_ x: Float) -> Float { x <= 0 ? 0 : (x >= 6 ? 6 : x) }

/// ln(1 + eˣ); e²⁰ and more leave the 1 no place.
private func softplus(_ x: Float) -> Float { x > 20 ? x : log1pf(expf(x)) }

/// x · Φ(x), by erfc, which keeps its digits where Φ is small; −∞ gives 0 · −∞ = NaN, as in PyTorch.
private func gelu(_ x: Float) -> Float {
    let x = Double(x)
    return Float(0.5 * x * erfc(-x * 0.70710678118654752440))
}

/// ½x · (1 + tanh(√(2/π) · (x + 0.044715x³)))
private func geluByTanh(_ x: Float) -> Float {
    let x = Double(x)
    return Float(0.5 * x * (1 + Glibc.tanh(0.79788456080286535588 * (x + 0.044715 * x * x * x))))
}

/// `function` of every element.
@inline(__always)
private func map(_ input: Span<Float>, _ output: inout MutableSpan<Float>, _ function: (Float) -> Float) {
    map(input, &output, in: input.indices, function)
}

/// `function` of the elements in `row`.
@inline(__always)
private func map(
    _ input: Span<Float>,
    _ output: inout MutableSpan<Float>,
    in row: Range<Int>,
    _ function: (Float) -> Float
) {
    for index in row { output[index] = function(input[index]) }
}

extension ChannelLayout {
    /// Calls `body` for every run of elements that belong to one channel.
    @inline(__always)
    func forEachRow(_ body: (_ channel: Int, _ row: Range<Int>) -> Void) {
        var start = 0
        for _ in 0..<outer {
            for channel in 0..<channels {
                body(channel, Range(start: start, count: inner))
                start += inner
            }
        }
    }
}
