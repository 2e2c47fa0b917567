import ConvolutionEngine
import TestSupport
import Testing

/// Convolution by the definition, one output at a time, in double precision, and how far from it float32 may end up.
struct ConvolutionOracle {
    /// Row-major, as the engine's output.
    var values: [Double] = []
    /// Σ |w · x| + |b| of each output.
    var magnitudes: [Double] = []
    /// Σ |w| · max |x| + |b| of each output, with the largest finite x of all.
    var norms: [Double] = []

    init(_ g: ConvolutionGeometry, input: [Float], weight: [Float], bias: [Float]?) {
        let largest = input.reduce(0) { max($0, $1.isFinite ? Double(abs($1)) : 0) }
        let volume = g.input.depth * g.input.height * g.input.width
        for image in 0..<g.batch {
            for channel in 0..<g.groups * g.outputChannels {
                let taps = weight[channel * g.termCount..<(channel + 1) * g.termCount]
                let norm = taps.reduce(0) { $0 + Double(abs($1)) } * largest + abs(Double(bias?[channel] ?? 0))
                norms += Array(repeating: norm, count: g.output.depth * g.output.height * g.output.width)
                let firstInput = (image * g.groups + channel / g.outputChannels) * g.inputChannels
                for z in 0..<g.output.depth {
                    for y in 0..<g.output.height {
                        for x in 0..<g.output.width {
                            var sum = Double(bias?[channel] ?? 0)
                            var magnitude = abs(sum)
                            var tap = channel * g.inputChannels * g.kernel.depth * g.kernel.height * g.kernel.width
                            for c in 0..<g.inputChannels {
                                for kz in 0..<g.kernel.depth {
                                    for ky in 0..<g.kernel.height {
                                        for kx in 0..<g.kernel.width {
                                            defer { tap += 1 }
                                            let inZ = z * g.stride.depth + kz * g.dilation.depth - g.paddingBegin.depth
                                            let inY =
                                                y * g.stride.height + ky * g.dilation.height - g.paddingBegin.height
                                            let inX = x * g.stride.width + kx * g.dilation.width - g.paddingBegin.width
                                            guard 0..<g.input.depth ~= inZ, 0..<g.input.height ~= inY,
                                                0..<g.input.width ~= inX
                                            else { continue }
                                            let place = (inZ * g.input.height + inY) * g.input.width + inX
                                            let product =
                                                Double(weight[tap]) * Double(input[(firstInput + c) * volume + place])
                                            sum += product
                                            magnitude += abs(product)
                                        }
                                    }
                                }
                            }
                            values.append(sum)
                            magnitudes.append(magnitude)
                        }
                    }
                }
            }
        }
    }

    /// The first output that is further from the truth than rounding explains: each of the `additions` that a product goes
    /// through errs by at most half a unit in the last place of a partial sum, none of which exceeds the magnitude.
    ///
    /// An algorithm with a normwise bound may err by `normwise` of the norm instead.
    func firstDisagreement(
        _ found: UnsafeBufferPointer<Float>,
        additions: Int,
        normwise: Double? = nil
    ) -> String? {
        guard found.count == values.count else { return "\(found.count) outputs instead of \(values.count)" }
        for (index, expected) in values.enumerated() {
            let actual = Double(found[index])
            if expected.isNaN || expected.isInfinite {
                if expected.isNaN ? actual.isNaN : actual == expected { continue }
            } else {
                let tolerance =
                    if let normwise { normwise * norms[index] } else {
                        Double(additions + 2) * 0x1p-24 * magnitudes[index]
                    }
                if abs(actual - expected) <= tolerance + 0x1p-149 { continue }
            }
            return "output \(index) is \(actual), not \(expected)"
        }
        return nil
    }
}

extension ConvolutionGeometry {
    /// A convolution whose output is as large as its input and padding allow.
    init(
        batch: Int = 1,
        groups: Int = 1,
        channels: Int,
        to outputs: Int,
        input: Spatial,
        kernel: Spatial,
        stride: Spatial = Spatial(repeating: 1),
        dilation: Spatial = Spatial(repeating: 1),
        begin: Spatial = Spatial(repeating: 0),
        end: Spatial? = nil
    ) {
        var output = Spatial(repeating: 0)
        for axis in 0..<3 {
            let padded = input[axis] + begin[axis] + (end ?? begin)[axis]
            output[axis] = max(0, (padded - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis] + 1)
        }
        self.init(
            batch: batch,
            groups: groups,
            inputChannels: channels,
            outputChannels: outputs,
            input: input,
            output: output,
            kernel: kernel,
            stride: stride,
            dilation: dilation,
            paddingBegin: begin
        )
    }

    var termCount: Int { inputChannels * kernel.depth * kernel.height * kernel.width }
    var inputCount: Int { batch * groups * inputChannels * input.depth * input.height * input.width }
    var outputCount: Int { batch * groups * outputChannels * output.depth * output.height * output.width }
    var weightCount: Int { groups * outputChannels * termCount }
}

extension Spatial {
    /// Height and width, with a neutral depth.
    init(_ height: Int, _ width: Int, depth: Int = 1) { self.init(depth: depth, height: height, width: width) }
    /// Padding of height and width.
    static func pad(_ height: Int, _ width: Int, depth: Int = 0) -> Spatial {
        Spatial(depth: depth, height: height, width: width)
    }
}

extension SeededRandom {
    /// Numbers in −1…1.
    mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(Int32(truncatingIfNeeded: next())) * 0x1p-31 }
    }
}
