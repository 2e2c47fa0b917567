import ArgumentParser
import ConvolutionEngine

/// A convolution of planes in short: c, h, w, k, kh, kw, s, p, d, g.
struct ConvolutionEntry {
    private let geometry: ConvolutionGeometry

    init(_ entry: BenchmarkLayer.Entry) throws {
        guard let c = entry.c, let h = entry.h, let w = entry.w, let k = entry.k, let kh = entry.kh, let s = entry.s,
            let p = entry.p, let d = entry.d, let g = entry.g
        else { throw ValidationError("it needs input_shape and layer, or c, h, w, k, kh, s, p, d and g.") }
        let kw = entry.kw ?? kh
        guard [c, h, w, k, kh, kw, s, d, g].allSatisfy({ (1...65_536).contains($0) }), (0...65_536).contains(p) else {
            throw ValidationError("every size must be in 1…65536, p in 0…65536.")
        }
        guard c % g == 0, k % g == 0 else { throw ValidationError("g = \(g) must divide c = \(c) and k = \(k).") }
        let height = h + 2 * p - (kh - 1) * d - 1, width = w + 2 * p - (kw - 1) * d - 1
        guard height >= 0, width >= 0 else { throw ValidationError("the kernel is larger than the padded input.") }
        geometry = ConvolutionGeometry(
            batch: 1,
            groups: g,
            inputChannels: c / g,
            outputChannels: k / g,
            input: Spatial(depth: 1, height: h, width: w),
            output: Spatial(depth: 1, height: height / s + 1, width: width / s + 1),
            kernel: Spatial(depth: 1, height: kh, width: kw),
            stride: Spatial(depth: 1, height: s, width: s),
            dilation: Spatial(depth: 1, height: d, width: d),
            paddingBegin: Spatial(depth: 0, height: p, width: p)
        )
    }

    func prepared(team: Team, request: AlgorithmRequest, once: Bool) -> PreparedLayer {
        let taps = geometry.inputChannels * geometry.kernel.height * geometry.kernel.width
        let outputs = geometry.groups * geometry.outputChannels * geometry.output.height * geometry.output.width
        let inputs = geometry.groups * geometry.inputChannels * geometry.input.height * geometry.input.width
        let weights = noise(geometry.groups * geometry.outputChannels * taps, seed: 1)
        let geometry = geometry
        @Sendable func prepare() -> PreparedConvolution {
            .prepare(geometry, weight: weights, request: request, use: once ? .once : .often)
        }
        let convolution = prepare()
        let input = noise(inputs, seed: 0), output = FloatStorage(capacity: outputs)
        return PreparedLayer(
            algorithm: convolution.algorithm.name,
            multiplyAccumulates: outputs * taps,
            bytes: (inputs + outputs) * 4
        ) {
            input.withElements { input in
                guard let input = input.baseAddress else { return }
                let convolution = once ? prepare() : convolution
                convolution.run(input: input, bias: nil, output: output.pointer, team: team)
            }
        }
    }

    private func noise(_ count: Int, seed: Int) -> Tensor {
        guard let shape = Shape(checking: [count]) else { preconditionFailure("sizes were checked") }
        return Noise.tensor(shape, seed: seed)
    }
}
