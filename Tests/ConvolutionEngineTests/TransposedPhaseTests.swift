import TestSupport
import Testing

@testable import ConvolutionEngine

/// A transposed convolution of a shape.
struct TransposedCase: CustomTestStringConvertible {
    var batch = 1
    var groups = 1
    var channels = 6
    var outputs = 5
    var input: Spatial
    var kernel: Spatial
    var stride: Spatial
    var dilation = Spatial(repeating: 1)
    var padding = Spatial(repeating: 0)
    var added = Spatial(repeating: 0)

    var testDescription: String { "\(kernel) stride \(stride) over \(input)" }

    /// Its result for random numbers, by the engine, beside the sum that the definition gives.
    func results(use: WeightUse, threads: Int) throws -> (found: [Float], expected: [Float]) {
        var random = SeededRandom(seed: 3)
        let extents = [input.depth, input.height, input.width]
        let x = try tensor([batch, channels] + extents, random.floats(batch * channels * input.volume))
        let weights = random.floats(channels * outputs / groups * kernel.volume)
        let weight = try tensor([channels, outputs / groups, kernel.depth, kernel.height, kernel.width], weights)
        let bias = random.floats(outputs)
        var layer = TransposedConvolution(spatialRank: 3, weight: .tensor(weight))
        layer.bias = try tensor([outputs], bias)
        (layer.stride, layer.dilation, layer.groups) = (stride, dilation, groups)
        (layer.padding, layer.outputExtent) = (.explicit(begin: padding, end: padding), .padding(added))
        let engine = Engine(team: Team(size: threads))
        let plan = try engine.plan(
            Network(layers: [Layer(.transposedConvolution(layer))]),
            input: x.shape,
            use: use
        )
        let found = try #require(engine.run(plan, input: x)).output
        return (found.array, expected(x.array, weights, bias, Array(found.shape)))
    }

    private func expected(_ x: [Float], _ weight: [Float], _ bias: [Float], _ shape: [Int]) -> [Float] {
        let output = Spatial(depth: shape[2], height: shape[3], width: shape[4]), each = outputs / groups
        var sums = (0..<batch * outputs * output.volume).map { Double(bias[$0 / output.volume % outputs]) }
        func forEach(_ extents: Spatial, _ body: (Spatial, Int) -> Void) {
            for index in 0..<extents.volume {
                let (z, rest) = index.quotientAndRemainder(dividingBy: extents.plane)
                body(Spatial(depth: z, height: rest / extents.width, width: rest % extents.width), index)
            }
        }
        for plane in 0..<batch * channels {
            let channel = plane % channels, group = channel / (channels / groups)
            forEach(input) { cell, from in
                forEach(kernel) { tap, k in
                    var place = Spatial(repeating: 0)
                    for axis in 0..<3 {
                        place[axis] = cell[axis] * stride[axis] + tap[axis] * dilation[axis] - padding[axis]
                        guard 0..<output[axis] ~= place[axis] else { return }
                    }
                    let to = (place.depth * output.height + place.height) * output.width + place.width
                    for o in 0..<each {
                        let target = (plane / channels * outputs + group * each + o) * output.volume + to
                        let product = Double(weight[(channel * each + o) * kernel.volume + k])
                        sums[target] += product * Double(x[plane * input.volume + from])
                    }
                }
            }
        }
        return sums.map { Float($0) }
    }
}

private func square(_ extent: Int) -> Spatial { Spatial(extent, extent) }
private func cube(_ extent: Int) -> Spatial { Spatial(repeating: extent) }

@Suite("Phases of a transposed convolution")
struct TransposedPhaseTests {
    static let cases = [
        TransposedCase(batch: 2, input: square(9), kernel: square(2), stride: square(2)),
        TransposedCase(groups: 2, channels: 4, outputs: 6, input: Spatial(5, 40), kernel: square(2), stride: square(2)),
        TransposedCase(input: square(21), kernel: square(2), stride: square(2), added: .pad(1, 1)),
        TransposedCase(input: square(17), kernel: square(2), stride: square(2), padding: .pad(1, 1)),
        TransposedCase(
            channels: 16,
            outputs: 3,
            input: square(40),
            kernel: square(4),
            stride: square(2),
            padding: .pad(1, 1)
        ),
        TransposedCase(
            outputs: 9,
            input: Spatial(1, 333),
            kernel: Spatial(1, 16),
            stride: Spatial(1, 8),
            padding: .pad(0, 4)
        ),
        TransposedCase(input: square(11), kernel: square(3), stride: square(2), padding: .pad(1, 1), added: .pad(1, 1)),
        TransposedCase(input: square(8), kernel: square(5), stride: square(3), padding: .pad(2, 2), added: .pad(0, 2)),
        TransposedCase(input: square(7), kernel: square(3), stride: square(2), dilation: square(2)),
        TransposedCase(input: square(6), kernel: square(2), stride: square(3)),
        TransposedCase(batch: 2, input: square(1), kernel: square(4), stride: square(1)),
        TransposedCase(input: square(1), kernel: square(4), stride: square(2), padding: .pad(1, 1)),
        TransposedCase(input: square(1), kernel: square(3), stride: square(2), dilation: square(2), added: .pad(1, 1)),
        TransposedCase(input: Spatial(1, 12), kernel: square(4), stride: square(2), padding: .pad(1, 1)),
        TransposedCase(channels: 100, outputs: 64, input: square(1), kernel: square(4), stride: square(1)),
        TransposedCase(batch: 2, groups: 3, outputs: 9, input: cube(5), kernel: cube(2), stride: cube(2)),
        TransposedCase(input: cube(4), kernel: cube(4), stride: cube(2), padding: cube(1)),
        TransposedCase(
            input: cube(4),
            kernel: cube(3),
            stride: Spatial(1, 2, depth: 2),
            padding: cube(1),
            added: .pad(0, 1)
        ),
    ]

    @Test("are the outputs that the definition gives, computed together or apart", arguments: cases)
    func agreement(_ layer: TransposedCase) throws {
        for use in [WeightUse.once, .often] {
            for threads in [1, 3] {
                let (found, expected) = try layer.results(use: use, threads: threads)
                #expect(agree(found, expected, tolerance: 2e-5), "\(use), \(threads) threads")
            }
        }
    }

    @Test("are one convolution where they have as many taps each and it would compute little more than is wanted")
    func joining() throws {
        for (extent, kernel, padding, parts) in [(28, 2, 0, 1), (28, 3, 1, 2), (8, 4, 1, 2)] {
            let windows = try Windows { axis throws(EngineError) in
                let isPlanar = axis > 0
                return Window(
                    input: isPlanar ? extent : 1,
                    kernel: isPlanar ? kernel : 1,
                    stride: isPlanar ? 2 : 1,
                    dilation: 1,
                    paddingBegin: isPlanar ? padding : 0,
                    paddingEnd: isPlanar ? padding : 0,
                    output: isPlanar ? (extent - 1) * 2 + kernel - 2 * padding : 1
                )
            }
            let geometry = TransposedGeometry(
                batch: 1,
                groups: 1,
                inputChannels: 8,
                outputChannels: 3,
                windows: windows
            )
            let rows = try #require(TransposedPart.all(of: geometry, use: .once))
            #expect(rows.count == parts, "\(kernel) over \(extent)")
        }
    }
}
