import ConvolutionEngine
import Testing

@Suite struct ActivationTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var function: Activation
        var expected: [Float]

        init(_ function: Activation, _ expected: [Float]) { (self.function, self.expected) = (function, expected) }

        var testDescription: String { "\(function)" }
    }

    private static let inf = Float.infinity
    private static let input: [Float] = [-inf, -30, -2.5, -0.5, 0, 0.75, 3, 25, inf, .nan]

    /// PyTorch 2.13's numbers, but for gelu of +∞, where its vectorised loop gives NaN instead of the limit.
    @Test(arguments: [
        Example(.relu, [0, 0, 0, 0, 0, 0.75, 3, 25, inf, .nan]),
        Example(.relu6, [0, 0, 0, 0, 0, 0.75, 3, 6, 6, .nan]),
        Example(.leakyReLU(negativeSlope: 0.1), [-inf, -3, -0.25, -0.05, 0, 0.75, 3, 25, inf, .nan]),
        Example(.elu(alpha: 1.5), [-1.5, -1.5, -1.3768725, -0.590204, 0, 0.75, 3, 25, inf, .nan]),
        Example(
            .selu,
            [-1.7580993, -1.7580993, -1.6137857, -0.69175816, 0, 0.78802574, 3.152103, 26.267525, inf, .nan]
        ),
        Example(
            .gelu(tanhApproximation: true),
            [.nan, 0, -0.0150842965, -0.154286, 0, 0.57996058, 2.9963627, 25, inf, .nan]
        ),
        Example(
            .gelu(tanhApproximation: false),
            [.nan, 0, -0.015524179, -0.15426877, 0, 0.58002949, 2.9959497, 25, inf, .nan]
        ),
        Example(.silu, [.nan, -2.807287e-12, -0.18964545, -0.18877034, 0, 0.50938404, 2.8577225, 25, inf, .nan]),
        Example(.mish, [.nan, -2.807287e-12, -0.19681619, -0.22074376, 0, 0.61001837, 2.986535, 25, inf, .nan]),
        Example(
            .sigmoid,
            [0, 9.3576236e-14, 0.075858176, 0.37754068, 0.5, 0.67917871, 0.95257413, 1, 1, .nan]
        ),
        Example(.tanh, [-1, -1, -0.98661429, -0.46211717, 0, 0.63514894, 0.99505478, 1, 1, .nan]),
        Example(
            .softplus,
            [0, 9.3576229e-14, 0.078889735, 0.47407699, 0.69314718, 1.1368711, 3.0485873, 25, inf, .nan]
        ),
        Example(.hardsigmoid, [0, 0, 0.083333336, 0.41666666, 0.5, 0.625, 1, 1, 1, .nan]),
        Example(.hardswish, [.nan, 0, -0.20833333, -0.20833333, 0, 0.46875, 3, 25, inf, .nan]),
        Example(.clamp(minimum: -1, maximum: 2), [-1, -1, -1, -0.5, 0, 0.75, 2, 2, 2, .nan]),
        Example(.clamp(minimum: -inf, maximum: 0), [-inf, -30, -2.5, -0.5, 0, 0, 0, 0, 0, .nan]),
        Example(.clamp(minimum: 2, maximum: 1), [1, 1, 1, 1, 1, 1, 1, 1, 1, .nan]),
    ])
    func everyFunctionAtOrdinaryAndStrangePlaces(_ example: Example) throws {
        let found = try elements(.activation(example.function), tensor([10], Self.input))
        #expect(agree(found, example.expected, tolerance: 3e-7))
    }

    @Test func smallResultsKeepTheirDigits() throws {
        // erfc and expm1 instead of 1 + erf and exp − 1 (PyTorch in float64).
        let gelu = try elements(.activation(.gelu(tanhApproximation: false)), tensor([1], [-6]))[0]
        #expect(abs(gelu / -5.9195272e-9 - 1) < 1e-6)
        let elu = try elements(.activation(.elu(alpha: 1)), tensor([1], [-1e-8]))[0]
        #expect(elu == -1e-8)
    }

    @Test func aSlopeForEachChannel() throws {
        let input = try tensor([1, 2, 2], [-1, -2, -3, 4])
        let one = PReLU(weight: try tensor([1], [0.5]))
        #expect(try elements(.prelu(one), input) == [-0.5, -1, -1.5, 4])
        let each = PReLU(weight: try tensor([2], [0.5, 0.25]))
        #expect(try elements(.prelu(each), input) == [-0.5, -1, -0.75, 4])
        let error = try planningError(.prelu(PReLU(weight: try counting(3))), 1, 2, 2)
        #expect(error.reason == .shape(found: try shape(3), expected: try shape(2)))
    }

    @Test func softmaxSumsToOneWithoutOverflow() throws {
        let input = try counting(2, 3)
        let columns = try elements(.softmax(Softmax(axis: 0, isLogarithmic: false)), input)
        let (low, high): (Float, Float) = (0.047425874, 0.95257413)
        #expect(agree(columns, [low, low, low, high, high, high]))
        let rows = try elements(.softmax(Softmax(axis: -1, isLogarithmic: true)), input)
        let row: [Float] = [-2.4076059, -1.4076059, -0.40760595]
        #expect(agree(rows, row + row))
        let large = try elements(.softmax(Softmax(axis: 0, isLogarithmic: false)), tensor([2], [1000, 1000]))
        #expect(large == [0.5, 0.5])
    }
}
