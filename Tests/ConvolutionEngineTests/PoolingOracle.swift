@testable import ConvolutionEngine

/// Pooling by the definition, one window at a time.
struct PoolingOracle {
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

/// NaN is the same as NaN.
func isSame(_ a: Float, _ b: Float) -> Bool { a == b || (a.isNaN && b.isNaN) }

extension PoolingGeometry {
    init(
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

    var inputCount: Int { planes * input.depth * input.height * input.width }
    var outputCount: Int { planes * output.depth * output.height * output.width }
}
