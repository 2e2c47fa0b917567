import TestSupport
import Testing

@testable import ConvolutionEngine

/// What follows a convolution, done along with it, gives what it gives afterwards.
@Suite struct EpilogueTests {
    @Test(arguments: [1, 3, 8, 9, 16, 17, 40, 49, 70, 196]) func aRectifiedProductIsTheProductRectified(pixels: Int)
        throws
    {
        for kernels in KernelSet.supported {
            for (kernel, outputs) in [(1, 21), (3, 10)] {
                let geometry = ConvolutionGeometry(
                    channels: 19,
                    to: outputs,
                    input: Spatial(kernel, pixels + kernel - 1),
                    kernel: Spatial(kernel, kernel)
                )
                var source = SeededRandom(seed: 3)
                var input = source.floats(geometry.inputCount)
                for (place, odd) in [Float.nan, .infinity, -.infinity].enumerated() where pixels > 3 {
                    input[place * pixels / 3] = odd
                }
                let bias = source.floats(outputs).map { 3 * $0 }
                let prepared = PreparedConvolution.prepare(
                    geometry,
                    weight: try random([geometry.weightCount], &source),
                    algorithm: kernel == 1 ? .pointwise : .direct,
                    kernels: kernels,
                    blocking: Blocking(depth: 8, outputFloats: 4096, bandFloats: 4096)
                )
                for activation in [Activation.relu, .relu6] {
                    var expected = [Float](repeating: 0, count: geometry.outputCount)
                    prepared.run(input: input, bias: bias, output: &expected, team: .shared)
                    Epilogue(activation: activation).apply(
                        &expected,
                        count: expected.count,
                        residual: nil,
                        kernels: kernels
                    )
                    let output = GuardedFloats(count: geometry.outputCount, edge: .back)
                    prepared.run(
                        input: input,
                        bias: bias,
                        output: output.pointer,
                        epilogue: Epilogue(activation: activation),
                        residual: nil,
                        team: .shared
                    )
                    let found = Array(UnsafeBufferPointer(start: output.pointer, count: output.count))
                    let agrees = zip(found, expected).allSatisfy {
                        $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN
                    }
                    #expect(agrees, "\(kernels.name), \(activation), \(kernel)×\(kernel)")
                }
            }
        }
    }
}
