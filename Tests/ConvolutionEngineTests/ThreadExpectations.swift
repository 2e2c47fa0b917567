import TestSupport
import Testing

@testable import ConvolutionEngine

/// Runs one geometry by each of some algorithms that apply to it, on every instruction set of this machine, with 1, 2, 3 and
/// 8 threads, and compares the bits.
func expectSameBits(
    _ geometry: ConvolutionGeometry,
    algorithms: [ConvolutionAlgorithm],
    seed: UInt64,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var random = SeededRandom(seed: seed)
    let input = random.floats(geometry.inputCount), weight = random.floats(geometry.weightCount)
    let tensor = Tensor(shape: Shape(checking: [weight.count])!, elements: weight)!
    for kernels in KernelSet.supported {
        for algorithm in algorithms {
            let prepared = PreparedConvolution.prepare(
                geometry,
                weight: tensor,
                algorithm: algorithm,
                kernels: kernels,
                blocking: .standard
            )
            #expect(prepared.algorithm == algorithm, sourceLocation: sourceLocation)
            func bits(threads: Int) -> [UInt32] {
                var output = [Float](repeating: .nan, count: geometry.outputCount)
                output.withUnsafeMutableBufferPointer {
                    prepared.run(input: input, bias: nil, output: $0.baseAddress!, team: Team(size: threads))
                }
                return output.map(\.bitPattern)
            }
            let expected = bits(threads: 1)
            for threads in [2, 3, 8] {
                #expect(
                    bits(threads: threads) == expected,
                    "\(algorithm.name), \(kernels.name), \(threads) threads",
                    sourceLocation: sourceLocation
                )
            }
        }
    }
}
