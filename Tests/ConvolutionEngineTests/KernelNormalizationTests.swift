import CVectorKernels
import Glibc
import TestSupport
import Testing

@testable import ConvolutionEngine

@Suite("Kernels of softmax and normalisation agree with float64")
struct KernelNormalizationTests {
    private static let lengths = [1, 2, 15, 16, 17, 63, 64, 65, 1000, 2049]

    @Test("for softmax and its logarithm along rows and along columns, on every instruction set")
    func softmax() {
        for length in KernelNormalizationTests.lengths {
            for step in [1, 3, 16, 37] where length * step < 10_000 {
                var random = SeededRandom(seed: UInt64(length * 100 + step))
                let input = (0..<2 * length * step).map { _ in Float.random(in: -20...20, using: &random) }
                var exact = [Double](repeating: 0, count: input.count), logarithms = exact
                for first in 0..<2 * step {
                    let cells = (0..<length).map { first / step * length * step + first % step + $0 * step }
                    let largest = cells.map { Double(input[$0]) }.max() ?? 0
                    let total = cells.reduce(0.0) { $0 + exp(Double(input[$1]) - largest) }
                    for cell in cells {
                        logarithms[cell] = Double(input[cell]) - largest - log(total)
                        exact[cell] = exp(logarithms[cell])
                    }
                }
                for kernels in KernelSet.supported {
                    for edge in GuardedFloats.Edge.allCases {
                        for isLogarithmic in [false, true] {
                            let source = GuardedFloats(input, edge: edge)
                            let target = GuardedFloats(count: input.count, edge: edge, filledWith: .nan)
                            let flag: Int32 = isLogarithmic ? 1 : 0
                            if step == 1 {
                                kernels.functions.softmax_rows(source.pointer, length, 2, flag, target.pointer)
                            } else {
                                for row in 0..<2 {
                                    let (from, to) = (
                                        source.pointer + row * length * step, target.pointer + row * length * step
                                    )
                                    kernels.functions.softmax_columns(from, length, step, step, flag, to)
                                }
                            }
                            let wanted = isLogarithmic ? logarithms : exact
                            // The logarithm of nearly 1 is a difference.
                            let floor = isLogarithmic ? 1 : 1e-3
                            let worst =
                                zip(target.elements, wanted).map {
                                    (Double($0) - $1).magnitude / max(floor, $1.magnitude)
                                }.max() ?? 0
                            #expect(worst < 2e-6, "\(kernels.name), \(length) by \(step), \(isLogarithmic): \(worst)")
                        }
                    }
                }
            }
        }
    }

    @Test("for means and variances far from zero, on every instruction set")
    func moments() {
        for length in KernelNormalizationTests.lengths {
            var random = SeededRandom(seed: UInt64(length))
            let input = (0..<length).map { _ in Float.random(in: 999...1001, using: &random) }
            let mean = input.reduce(0.0) { $0 + Double($1) } / Double(length)
            let squares = input.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            let weight = random.floats(length), bias = random.floats(length)
            for kernels in KernelSet.supported {
                for edge in GuardedFloats.Edge.allCases {
                    let source = GuardedFloats(input, edge: edge)
                    let target = GuardedFloats(count: length, edge: edge, filledWith: .nan)
                    let found = kernels.functions.total(source.pointer, length) / Double(length)
                    #expect((found - mean).magnitude < 1e-4, "\(kernels.name), \(length)")
                    let spread = kernels.functions.squares(source.pointer, length, mean)
                    #expect((spread - squares).magnitude <= 1e-6 * squares, "\(kernels.name), \(length)")
                    kernels.functions.affine(source.pointer, length, mean, 2, 0.5, target.pointer)
                    let scaled = input.map { Float((Double($0) - mean) * 2 + 0.5) }
                    #expect(agree(target.elements, scaled), "\(kernels.name), \(length)")
                    let (factors, terms) = (GuardedFloats(weight, edge: edge), GuardedFloats(bias, edge: edge))
                    kernels.functions
                        .affine_each(source.pointer, length, mean, 2, factors.pointer, terms.pointer, target.pointer)
                    let each = input.indices.map {
                        Float((Double(input[$0]) - mean) * 2 * Double(weight[$0]) + Double(bias[$0]))
                    }
                    #expect(agree(target.elements, each), "\(kernels.name), \(length)")
                }
            }
        }
    }

    @Test("for products of rows with rows, on every instruction set")
    func linear() throws {
        for (rows, depth, outputs) in [(1, 1, 1), (1, 17, 5), (3, 16, 4), (5, 70, 9), (4, 33, 8), (9, 513, 6)] {
            var random = SeededRandom(seed: UInt64(rows * 1000 + depth))
            let input = random.floats(rows * depth), weight = random.floats(outputs * depth)
            let bias = random.floats(outputs)
            var exact: [Float] = []
            for row in 0..<rows {
                for output in 0..<outputs {
                    let dot = (0..<depth).reduce(Double(bias[output])) {
                        $0 + Double(input[row * depth + $1]) * Double(weight[output * depth + $1])
                    }
                    exact.append(Float(dot))
                }
            }
            let work = LinearWork(
                rows: rows,
                inFeatures: depth,
                outFeatures: outputs,
                weight: try tensor([outputs, depth], weight),
                bias: try tensor([outputs], bias)
            )
            for kernels in KernelSet.supported {
                let found = work.run(
                    try tensor([rows, depth], input),
                    outputShape: try shape(rows, outputs),
                    team: .shared,
                    kernels: kernels
                )
                #expect(agree(found.array, exact, tolerance: 1e-5), "\(kernels.name), \(rows), \(depth), \(outputs)")
            }
        }
    }
}
