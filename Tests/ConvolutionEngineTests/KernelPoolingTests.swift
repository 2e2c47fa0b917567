import TestSupport
import Testing

@testable import ConvolutionEngine

/// Pooling by the definition, one window at a time.
private struct PoolingOracle {
    let geometry: PoolingGeometry
    let input: [Float]

    /// The elements of the window of output (z, y, x), with their places in the plane, row-major.
    private func window(plane: Int, _ z: Int, _ y: Int, _ x: Int) -> [(place: Int, value: Float)] {
        let g = geometry, volume = g.input.depth * g.input.height * g.input.width
        var cells: [(place: Int, value: Float)] = []
        for kz in 0..<g.kernel.depth {
            for ky in 0..<g.kernel.height {
                for kx in 0..<g.kernel.width {
                    let inZ = z * g.stride.depth + kz * g.dilation.depth - g.paddingBegin.depth
                    let inY = y * g.stride.height + ky * g.dilation.height - g.paddingBegin.height
                    let inX = x * g.stride.width + kx * g.dilation.width - g.paddingBegin.width
                    guard 0..<g.input.depth ~= inZ, 0..<g.input.height ~= inY, 0..<g.input.width ~= inX else {
                        continue
                    }
                    let place = (inZ * g.input.height + inY) * g.input.width + inX
                    cells.append((place, input[plane * volume + place]))
                }
            }
        }
        return cells
    }

    func forEachWindow(_ body: (_ cells: [(place: Int, value: Float)], _ at: (z: Int, y: Int, x: Int)) -> Void) {
        for plane in 0..<geometry.planes {
            for z in 0..<geometry.output.depth {
                for y in 0..<geometry.output.height {
                    for x in 0..<geometry.output.width { body(window(plane: plane, z, y, x), (z, y, x)) }
                }
            }
        }
    }

    func maxima() -> (values: [Float], places: [Int64]) {
        var values: [Float] = [], places: [Int64] = []
        forEachWindow { cells, _ in
            var best = -Float.infinity, place = cells.first?.place ?? 0
            for cell in cells where cell.value > best || cell.value.isNaN { (place, best) = cell }
            values.append(best)
            places.append(Int64(place))
        }
        return (values, places)
    }

    /// The divisor is the window cut at input + padding, before it is cut at the input.
    func means(countsPadding: Bool, override: Int?) -> [Double] {
        var means: [Double] = []
        forEachWindow { cells, at in
            var divisor = 1
            for (axis, index) in [at.z, at.y, at.x].enumerated() {
                let start = index * geometry.stride[axis] - geometry.paddingBegin[axis]
                divisor *= min(start + geometry.kernel[axis], geometry.input[axis] + geometry.paddingEnd[axis]) - start
            }
            if !countsPadding { divisor = cells.count }
            let sum = cells.reduce(0.0) { $0 + Double($1.value) }
            means.append(cells.isEmpty && override == nil ? 0 : sum / Double(override ?? divisor))
        }
        return means
    }
}

private func same(_ a: Float, _ b: Float) -> Bool { a == b || (a.isNaN && b.isNaN) }

extension PoolingGeometry {
    fileprivate init(
        planes: Int,
        input: Spatial,
        kernel: Spatial,
        stride: Spatial,
        dilation: Spatial = Spatial(repeating: 1),
        begin: Spatial = Spatial(repeating: 0),
        end: Spatial? = nil,
        overhang: Int = 0
    ) {
        var output = Spatial(repeating: 1)
        for axis in 0..<3 where input[axis] > 1 || kernel[axis] > 1 {
            let padded = input[axis] + begin[axis] + (end ?? begin)[axis] + overhang
            output[axis] = max(0, (padded - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis] + 1)
            // A last window must start inside the input or its leading padding.
            if (output[axis] - 1) * stride[axis] >= input[axis] + begin[axis] { output[axis] -= 1 }
        }
        self.init(
            planes: planes,
            input: input,
            output: output,
            kernel: kernel,
            stride: stride,
            dilation: dilation,
            paddingBegin: begin,
            paddingEnd: end ?? begin
        )
    }

    fileprivate var inputCount: Int { planes * input.depth * input.height * input.width }
    fileprivate var outputCount: Int { planes * output.depth * output.height * output.width }
}

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
    list.append(
        PoolingGeometry(
            planes: 3,
            input: Spatial(9, 20),
            kernel: Spatial(3, 3),
            stride: Spatial(repeating: 1),
            dilation: Spatial(depth: 1, height: 2, width: 3),
            begin: .pad(1, 1)
        )
    )
    list.append(
        PoolingGeometry(
            planes: 2,
            input: Spatial(9, 20, depth: 5),
            kernel: Spatial(3, 2, depth: 2),
            stride: Spatial(2, 1, depth: 2),
            begin: .pad(1, 1, depth: 1)
        )
    )
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
                let (values, places) = PoolingOracle(geometry: geometry, input: input).maxima()
                for kernels in KernelSet.supported {
                    for edge in GuardedFloats.Edge.allCases {
                        let source = GuardedFloats(input, edge: edge)
                        let target = GuardedFloats(count: geometry.outputCount, edge: edge, filledWith: 99)
                        PoolingAlgorithms.maximum(
                            geometry,
                            input: source.pointer,
                            output: target.pointer,
                            team: .shared,
                            kernels: kernels
                        )
                        #expect(target.elements.elementsEqual(values, by: same), "\(kernels.name), \(geometry)")
                    }
                }
                for kernels in KernelSet.supported {
                    let source = GuardedFloats(input, edge: .back)
                    let found = GuardedFloats(count: values.count, edge: .back, filledWith: 99)
                    var indices = [Int64](repeating: -1, count: values.count)
                    PoolingAlgorithms.maximum(
                        geometry,
                        input: source.pointer,
                        output: found.pointer,
                        indices: &indices,
                        team: .shared,
                        kernels: kernels
                    )
                    #expect(found.elements.elementsEqual(values, by: same), "\(kernels.name), \(geometry)")
                    #expect(indices == places, "\(kernels.name), \(geometry)")
                }
            }
        }
    }

    @Test("for the average by PyTorch's divisors, on every instruction set")
    func average() {
        for (number, geometry) in windows.enumerated() where geometry.dilation == Spatial(repeating: 1) {
            var random = SeededRandom(seed: UInt64(number))
            let input = random.floats(geometry.inputCount)
            let oracle = PoolingOracle(geometry: geometry, input: input)
            for (countsPadding, override) in [(true, nil), (false, nil), (true, -3)] as [(Bool, Int?)] {
                let means = oracle.means(countsPadding: countsPadding, override: override)
                let divisors = AverageDivisors(geometry, countsPadding: countsPadding, override: override)
                // Every addition and the division err by half a unit of at most the window's size.
                let cells = Double(geometry.kernel.depth * geometry.kernel.height * geometry.kernel.width)
                for kernels in KernelSet.supported {
                    for edge in GuardedFloats.Edge.allCases {
                        let source = GuardedFloats(input, edge: edge)
                        let target = GuardedFloats(count: geometry.outputCount, edge: edge, filledWith: .nan)
                        PoolingAlgorithms.average(
                            geometry,
                            divisors: divisors,
                            input: source.pointer,
                            output: target.pointer,
                            team: .shared,
                            kernels: kernels
                        )
                        let worst = zip(target.elements, means).contains { !(abs(Double($0) - $1) <= cells * 0x1p-23) }
                        #expect(
                            !worst,
                            "\(kernels.name), \(geometry), \(countsPadding), \(String(describing: override))"
                        )
                    }
                }
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
