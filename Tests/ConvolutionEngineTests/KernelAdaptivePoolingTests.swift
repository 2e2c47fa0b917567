import TestSupport
import Testing

@testable import ConvolutionEngine

@Suite("Adaptive and norm pooling kernels agree with the definition")
struct KernelAdaptivePoolingTests {
    /// Input and output extents: windows of one size, of several, overlapping, wider than the kernel's buffer; rows of which
    /// two fit into a vector, and rows of a vector and one column more or less.
    private static let cases: [(Spatial, Spatial)] = [
        (Spatial(7, 7), Spatial(1, 1)), (Spatial(10, 10), Spatial(7, 7)), (Spatial(13, 13), Spatial(6, 6)),
        (Spatial(5, 3), Spatial(9, 4)), (Spatial(12, 40), Spatial(4, 20)), (Spatial(9, 70), Spatial(2, 3)),
        (Spatial(1, 4000), Spatial(1, 2)), (Spatial(2, 4001), Spatial(1, 3)),
        (Spatial(6, 11, depth: 5), Spatial(4, 3, depth: 2)),
        (Spatial(6, 10, depth: 4), Spatial(3, 5, depth: 2)),
        (Spatial(3, 7), Spatial(5, 3)), (Spatial(5, 15), Spatial(3, 8)), (Spatial(4, 16), Spatial(3, 8)),
        (Spatial(4, 17), Spatial(3, 8)), (Spatial(6, 16), Spatial(4, 9)), (Spatial(7, 33), Spatial(3, 5)),
        (Spatial(3, 31), Spatial(2, 30)), (Spatial(5, 100), Spatial(70, 77)), (Spatial(9, 50), Spatial(4, 3)),
        (Spatial(1, 1), Spatial(3, 5)), (Spatial(3, 8, depth: 3), Spatial(2, 3, depth: 5)),
    ]

    /// ⌊i · in / out⌋ up to ⌈(i + 1) · in / out⌉ on each axis.
    private func windows(_ input: Spatial, _ output: Spatial) -> [[Int]] {
        func range(_ index: Int, _ axis: Int) -> Range<Int> {
            index * input[axis] / output[axis]..<((index + 1) * input[axis] + output[axis] - 1) / output[axis]
        }
        var windows: [[Int]] = []
        for z in 0..<output.depth {
            for y in 0..<output.height {
                for x in 0..<output.width {
                    var cells: [Int] = []
                    for d in range(z, 0) {
                        for h in range(y, 1) {
                            for w in range(x, 2) { cells.append((d * input.height + h) * input.width + w) }
                        }
                    }
                    windows.append(cells)
                }
            }
        }
        return windows
    }

    @Test("on every instruction set, NaN and infinities included")
    func adaptive() {
        for (number, (input, output)) in KernelAdaptivePoolingTests.cases.enumerated() {
            let volume = input.depth * input.height * input.width, planes = 3
            let cells = windows(input, output)
            for isSpecial in [false, true] {
                var random = SeededRandom(seed: UInt64(number))
                var elements = random.floats(planes * volume)
                if isSpecial {
                    elements[volume / 2] = .nan
                    elements[volume + volume / 3] = -.infinity
                }
                var maxima: [Float] = [], means: [Float] = []
                for plane in 0..<planes {
                    for window in cells {
                        let values = window.map { elements[plane * volume + $0] }
                        maxima.append(values.contains(where: \.isNaN) ? .nan : values.max() ?? 0)
                        means.append(Float(values.reduce(0.0) { $0 + Double($1) } / Double(values.count)))
                    }
                }
                for kernels in KernelSet.supported {
                    let algorithms = AdaptivePoolingAlgorithms(
                        planes: planes,
                        input: input,
                        output: output,
                        kernels: kernels
                    )
                    for edge in GuardedFloats.Edge.allCases {
                        let source = GuardedFloats(elements, edge: edge)
                        let target = GuardedFloats(count: maxima.count, edge: edge, filledWith: 99)
                        algorithms.maximum(input: source.pointer, output: target.pointer, team: .shared)
                        #expect(agree(target.elements, maxima, tolerance: 0), "\(kernels.name), \(input), \(output)")
                        algorithms.average(input: source.pointer, output: target.pointer, team: .shared)
                        #expect(agree(target.elements, means, tolerance: 1e-5), "\(kernels.name), \(input), \(output)")
                    }
                }
            }
        }
    }

    @Test("with the place of each maximum: the first of equals, the last NaN", arguments: [1, 3, 33])
    func places(planes: Int) {
        for (number, (input, output)) in KernelAdaptivePoolingTests.cases.enumerated() where input.width < 200 {
            let volume = input.depth * input.height * input.width
            let cells = windows(input, output)
            for special in [nil, Float.nan, -.infinity] {
                var random = SeededRandom(seed: UInt64(number))
                // Halves: many are equal.
                var elements = random.floats(planes * volume).map { ($0 * 2).rounded() / 2 }
                for place in elements.indices where special != nil && place % 3 > 0 { elements[place] = special ?? 0 }
                var maxima: [Float] = [], places: [Int64] = []
                for plane in 0..<planes {
                    for window in cells {
                        var best = -Float.infinity, place = window[0]
                        for cell in window {
                            let value = elements[plane * volume + cell]
                            if value > best || value.isNaN { (best, place) = (value, cell) }
                        }
                        maxima.append(best)
                        places.append(Int64(place))
                    }
                }
                for kernels in KernelSet.supported {
                    for edge in GuardedFloats.Edge.allCases {
                        let source = GuardedFloats(elements, edge: edge)
                        let target = GuardedFloats(count: maxima.count, edge: edge, filledWith: 99)
                        let indices = GuardedPlaces(count: places.count, edge: edge)
                        AdaptivePoolingAlgorithms(planes: planes, input: input, output: output, kernels: kernels)
                            .maximum(
                                input: source.pointer,
                                output: target.pointer,
                                indices: indices.pointer,
                                team: .shared
                            )
                        #expect(target.elements.elementsEqual(maxima, by: isSame), "\(kernels.name), \(input)")
                        #expect(indices.elements == places, "\(kernels.name), \(input), \(output)")
                    }
                }
            }
        }
    }

    @Test("for norms, on every instruction set", arguments: [1, 2, 3, 4, 1.5])
    func norm(_ p: Double) {
        for (size, stride, pad) in [(2, 2, 0), (3, 2, 1), (3, 1, 1), (7, 1, 3)] {
            let input = Spatial(9, 37)
            let output = Spatial((9 + 2 * pad - size) / stride + 1, (37 + 2 * pad - size) / stride + 1)
            let geometry = PoolingGeometry(
                planes: 2,
                input: input,
                output: output,
                kernel: Spatial(size, size),
                stride: Spatial(stride, stride),
                dilation: Spatial(repeating: 1),
                paddingBegin: Spatial(depth: 0, height: pad, width: pad),
                paddingEnd: Spatial(depth: 0, height: pad, width: pad)
            )
            var random = SeededRandom(seed: UInt64(size))
            let elements = random.floats(2 * 9 * 37)
            var exact: [Float] = []
            for plane in 0..<2 {
                output.forEachPosition { position, _ in
                    exact.append(Reference.norm(geometry, at: position, p: p) { elements[plane * 9 * 37 + $0] })
                }
            }
            for kernels in KernelSet.supported {
                for edge in GuardedFloats.Edge.allCases {
                    let source = GuardedFloats(elements, edge: edge)
                    let target = GuardedFloats(count: exact.count, edge: edge, filledWith: 99)
                    NormPooling(geometry: geometry, p: p, kernels: kernels)
                        .run(input: source.pointer, output: target.pointer, team: .shared)
                    #expect(agree(target.elements, exact, tolerance: 2e-6), "\(kernels.name), \(size), \(stride)")
                }
            }
        }
    }
}
