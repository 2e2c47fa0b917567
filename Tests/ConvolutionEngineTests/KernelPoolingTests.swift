import TestSupport
import Testing

@testable import ConvolutionEngine

private let windows: [PoolingGeometry] = {
    var list: [PoolingGeometry] = []
    for size in [1, 2, 3, 4, 5, 13] {
        for step in [1, 2, 3, 4, 5] {
            for (begin, end) in [(0, 0), (size / 2, size / 2), (0, size / 2)] {
                for width in [1, 7, 15, 16, 17, 33, 70] where width + begin + end >= size {
                    for overhang in [0, step - 1] {
                        let geometry = PoolingGeometry(
                            planes: 2,
                            input: Spatial(width > 20 ? 13 : width, width),
                            kernel: Spatial(size, size),
                            stride: Spatial(repeating: step),
                            begin: .pad(begin, begin),
                            end: .pad(end, end),
                            overhang: overhang
                        )
                        if geometry.outputCount > 0 { list.append(geometry) }
                    }
                }
            }
        }
    }
    for size in [2, 3, 5] {
        for step in 1...3 {
            for dilation in [Spatial(1, 2), Spatial(2, 1), Spatial(1, 3), Spatial(2, 3)] {
                for (width, pad) in [(16, 0), (20, 1), (39, 0)] {
                    list.append(
                        PoolingGeometry(
                            planes: 3,
                            input: Spatial(11, width),
                            kernel: Spatial(size, size),
                            stride: Spatial(repeating: step),
                            dilation: dilation,
                            begin: .pad(pad, pad),
                            end: .pad(0, pad)
                        )
                    )
                }
            }
        }
    }
    list.append(
        PoolingGeometry(
            planes: 2,
            input: Spatial(9, 20, depth: 5),
            kernel: Spatial(3, 2, depth: 2),
            stride: Spatial(2, 1, depth: 2),
            begin: .pad(1, 1, depth: 1)
        )
    )
    // Rows about as long as the kernels put into a buffer, planes of more rows than fit it, and odd ones in between.
    for (height, width) in [(9, 254), (5, 255), (6, 256), (7, 257), (4, 258), (45, 63), (39, 112), (70, 35)] {
        for (size, step, pad) in [(2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 1, 1), (2, 1, 0), (4, 3, 1)] {
            list.append(
                PoolingGeometry(
                    planes: 3,
                    input: Spatial(height, width),
                    kernel: Spatial(size, size),
                    stride: Spatial(repeating: step),
                    begin: .pad(pad, pad),
                    end: .pad(pad, pad)
                )
            )
        }
    }
    list.append(
        PoolingGeometry(planes: 5, input: Spatial(7, 7), kernel: Spatial(7, 7), stride: Spatial(repeating: 7))
    )
    return list
}()

@Suite("Pooling kernels agree with the definition")
struct KernelPoolingTests {
    @Test("for the maximum, with and without NaN, on every instruction set")
    func maximum() {
        for (number, geometry) in windows.enumerated() {
            for hasNaN in [false, true] {
                var random = SeededRandom(seed: UInt64(number))
                var input = random.floats(geometry.inputCount)
                input[input.count / 2] = -.infinity
                if hasNaN {
                    input[input.count / 3] = .nan
                    input[input.count - 1] = .infinity
                }
                expectMaxima(geometry, input: input)
            }
        }
    }

    @Test("for the average by PyTorch's divisors, on every instruction set")
    func average() {
        for (number, geometry) in windows.enumerated() where geometry.dilation == Spatial(repeating: 1) {
            var random = SeededRandom(seed: UInt64(number))
            let input = random.floats(geometry.inputCount)
            for (countsPadding, override) in [(true, nil), (false, nil), (true, -3)] as [(Bool, Int?)] {
                expectMeans(geometry, input: input, countsPadding: countsPadding, override: override)
            }
        }
    }

    @Test("so that an infinite or NaN element reaches exactly the averages whose window holds it")
    func averageOfNonfinite() {
        let geometry = PoolingGeometry(
            planes: 1,
            input: Spatial(9, 40),
            kernel: Spatial(3, 3),
            stride: Spatial(repeating: 1),
            begin: .pad(1, 1)
        )
        for place in [0, 39, 57, 200, 359] {
            for special in [Float.infinity, -.infinity, .nan] {
                var input = [Float](repeating: 1, count: geometry.inputCount)
                input[place] = special
                let expected = PoolingOracle(geometry: geometry, input: input).means(countsPadding: true, override: nil)
                for kernels in KernelSet.supported {
                    var found = [Float](repeating: 0, count: geometry.outputCount)
                    PoolingAlgorithms.average(
                        geometry,
                        divisors: AverageDivisors(geometry, countsPadding: true, override: nil),
                        input: input,
                        output: &found,
                        team: .shared,
                        kernels: kernels
                    )
                    #expect(zip(found, expected).allSatisfy { $0.isFinite == $1.isFinite }, "\(kernels.name), \(place)")
                }
            }
        }
    }
}
