import Glibc
import TestSupport
import Testing

@testable import ConvolutionEngine

@Suite("Activation kernels")
struct KernelActivationTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var function: Activation
        /// Units in the last place.
        var bound = 3.0
        /// In float64.
        var exact: @Sendable (Double) -> Double

        var testDescription: String { "\(function)" }
    }

    static let examples = [
        Example(function: .relu) { max(0, $0) },
        Example(function: .relu6) { min(max(0, $0), 6) },
        Example(function: .leakyReLU(negativeSlope: 0.25)) { $0 > 0 ? $0 : 0.25 * $0 },
        Example(function: .elu(alpha: 1)) { $0 > 0 ? $0 : expm1($0) },
        Example(function: .selu) {
            1.0507009873554804934193349852946 * ($0 > 0 ? $0 : 1.6732632423543772848170429916717 * expm1($0))
        },
        Example(function: .gelu(tanhApproximation: false), bound: 7) { 0.5 * $0 * erfc(-$0 * 0.70710678118654752440) },
        Example(function: .gelu(tanhApproximation: true)) {
            $0 / (1 + exp(-2 * 0.79788456080286535588 * ($0 + 0.044715 * $0 * $0 * $0)))
        },
        Example(function: .silu) { $0 / (1 + exp(-$0)) },
        Example(function: .mish) { $0 * tanh(log1p(exp($0))) },
        Example(function: .sigmoid) { 1 / (1 + exp(-$0)) },
        Example(function: .tanh) { tanh($0) },
        Example(function: .softplus) { $0 > 40 ? $0 : log1p(exp($0)) },
        Example(function: .hardsigmoid) { min(max($0 + 3, 0), 6) / 6 },
        Example(function: .hardswish) { $0 * (min(max($0 + 3, 0), 6) / 6) },
    ]

    /// Every 60,013th float, so that all exponents and signs occur: some 70 thousand.
    private static let sweep: [Float] = stride(from: UInt32(0), to: .max - 60_013, by: 60_013)
        .map(Float.init(bitPattern:)).filter(\.isFinite)

    @Test("err by at most 3 units in the last place, gelu by 7, on every instruction set", arguments: examples)
    func accuracy(_ example: Example) {
        let input = KernelActivationTests.sweep
        for kernels in KernelSet.supported {
            var output = [Float](repeating: .nan, count: input.count)
            example.function.apply(input, count: input.count, output: &output, kernels: kernels)
            var worst = (units: 0.0, at: Float(0))
            for (x, y) in zip(input, output) {
                let exact = example.exact(Double(x))
                guard exact.magnitude <= Double(Float.greatestFiniteMagnitude) else { continue }
                // Subnormal results have fewer digits, and may lose some of those.
                let unit = max(Double(Float(exact).ulp), 0x1p-142)
                let error = (Double(y) - exact).magnitude / unit
                if !(error <= worst.units) { worst = (error, x) }
            }
            #expect(worst.units <= example.bound, "\(kernels.name): \(worst.units) units at \(worst.at)")
        }
    }

    @Test("touch no element beside theirs, whatever the count", arguments: examples)
    func bounds(_ example: Example) {
        for kernels in KernelSet.supported {
            for edge in GuardedFloats.Edge.allCases {
                for count in 1...(2 * kernels.lanes + 1) {
                    let input = GuardedFloats((0..<count).map { Float($0) - 7.5 }, edge: edge)
                    let output = GuardedFloats(count: count, edge: edge, filledWith: .nan)
                    example.function.apply(input.pointer, count: count, output: output.pointer, kernels: kernels)
                    let close = zip(input.elements, output.elements).allSatisfy {
                        (Double($1) - example.exact(Double($0))).magnitude < 1e-5
                    }
                    #expect(close, "\(kernels.name), \(count)")
                }
            }
        }
    }

    /// PyTorch's: infinities go to the limit, or to NaN where −∞ is multiplied with 0; NaN stays.
    @Test("give PyTorch's values of infinities and NaN, on every instruction set")
    func specialValues() {
        let inf = Float.infinity
        let expected: [(Activation, atMinusInfinity: Float, atInfinity: Float)] = [
            (.relu, 0, inf), (.relu6, 0, 6), (.leakyReLU(negativeSlope: 0.1), -inf, inf), (.elu(alpha: 2), -2, inf),
            (.selu, -1.7580993, inf), (.gelu(tanhApproximation: false), .nan, inf),
            (.gelu(tanhApproximation: true), .nan, inf), (.silu, .nan, inf), (.mish, .nan, inf), (.sigmoid, 0, 1),
            (.tanh, -1, 1), (.softplus, 0, inf), (.hardsigmoid, 0, 1), (.hardswish, .nan, inf),
        ]
        for kernels in KernelSet.supported {
            for (function, low, high) in expected {
                // Once in a whole vector, once in a part of one.
                for count in [3, 64] {
                    let input = (0..<count).map { [-inf, inf, .nan][$0 % 3] }
                    var output = [Float](repeating: 7, count: count)
                    function.apply(input, count: count, output: &output, kernels: kernels)
                    let wanted = (0..<count).map { [low, high, .nan][$0 % 3] }
                    #expect(agree(output, wanted), "\(kernels.name), \(function): \(output.prefix(3))")
                }
            }
        }
    }
}
