import TestSupport
import Testing

@testable import ConvolutionEngine

/// What the vector kernels compute against the plain loops, which say what a layer means, on random numbers.
@Suite struct ReferenceTests {
    private let team = Team(size: 2)
    /// Odd extents, so that no vector is full; planes of one element; long rows.
    private static let shapes = [[2, 3, 5, 7], [1, 4, 1, 1], [3, 2, 1, 67], [1, 6, 33, 31]]

    /// What the plain loops make of `input`.
    private func reference(
        _ input: Tensor,
        _ shape: Shape,
        _ compute: (Span<Float>, inout MutableSpan<Float>) -> Void
    ) -> [Float] {
        var output = [Float](repeating: 0, count: shape.elementCount)
        var span = output.mutableSpan
        compute(input.elements, &span)
        return output
    }

    @Test(arguments: shapes)
    func activationsAreThoseOfThePlainLoops(extents: [Int]) throws {
        var source = SeededRandom(seed: 41)
        let functions: [Activation] = [
            .relu, .relu6, .leakyReLU(negativeSlope: 0.1), .elu(alpha: 0.7), .selu, .gelu(tanhApproximation: false),
            .gelu(tanhApproximation: true), .silu, .mish, .sigmoid, .tanh, .softplus, .hardsigmoid, .hardswish,
            .clamp(minimum: -0.3, maximum: 0.4),
        ]
        for scale: Float in [1, 30] {
            let input = try scaled(random(extents, &source), scale)
            for function in functions {
                let expected = reference(input, input.shape) { Reference.activation(function, input: $0, output: &$1) }
                let found = function.run(input, outputShape: input.shape, team: team).array
                #expect(agree(found, expected, tolerance: 2e-6), "seed \(source.seed): \(function)")
            }
        }
    }

    @Test(arguments: shapes)
    func slopesOfChannelsAreThoseOfThePlainLoops(extents: [Int]) throws {
        var source = SeededRandom(seed: 42)
        let input = try random(extents, &source)
        let layout = ChannelLayout(input.shape, axis: 1)
        for slopes in [1, extents[1]] {
            let weight = try random([slopes], &source)
            let expected = reference(input, input.shape) {
                Reference.prelu(layout, weight: weight.elements, input: $0, output: &$1)
            }
            let work = PReLUWork(layout: layout, weight: weight)
            #expect(agree(work.run(input, outputShape: input.shape, team: team).array, expected))
        }
    }

    @Test(arguments: shapes)
    func softmaxIsThatOfThePlainLoops(extents: [Int]) throws {
        var source = SeededRandom(seed: 43)
        let input = try scaled(random(extents, &source), 20)
        for axis in 0..<4 {
            let layout = ChannelLayout(input.shape, axis: axis)
            for isLogarithmic in [false, true] {
                let expected = reference(input, input.shape) {
                    Reference.softmax(layout, isLogarithmic: isLogarithmic, input: $0, output: &$1)
                }
                let work = SoftmaxWork(layout: layout, isLogarithmic: isLogarithmic)
                let found = work.run(input, outputShape: input.shape, team: team).array
                #expect(agree(found, expected, tolerance: 2e-6), "seed \(source.seed): axis \(axis)")
            }
        }
    }

    @Test(arguments: shapes)
    func normalisationIsThatOfThePlainLoops(extents: [Int]) throws {
        var source = SeededRandom(seed: 44)
        let input = try random(extents, &source)
        let layout = ChannelLayout(input.shape, axis: 1)
        let (weight, bias) = (try random([extents[1]], &source), try random([extents[1]], &source))
        let variance = try tensor([extents[1]], random([extents[1]], &source).array.map { 1.5 + $0 })

        let batch = BatchNormalizationWork(
            layout: layout,
            mean: bias,
            variance: variance,
            weight: weight,
            bias: nil,
            epsilon: 1e-5
        )
        expect(
            batch.run(input, outputShape: input.shape, team: team),
            reference(input, input.shape) {
                Reference.batchNormalization(
                    layout,
                    mean: bias.elements,
                    variance: variance.elements,
                    weight: weight.elements,
                    bias: nil,
                    epsilon: 1e-5,
                    input: $0,
                    output: &$1
                )
            },
            source
        )

        for groups in [1, extents[1]] where layout.channels / groups * layout.inner > 1 {
            let group = GroupNormalizationWork(
                layout: layout,
                groups: groups,
                weight: weight,
                bias: bias,
                epsilon: 1e-3
            )
            expect(
                group.run(input, outputShape: input.shape, team: team),
                reference(input, input.shape) {
                    Reference.groupNormalization(
                        layout,
                        groups: groups,
                        weight: weight.elements,
                        bias: bias.elements,
                        epsilon: 1e-3,
                        input: $0,
                        output: &$1
                    )
                },
                source
            )
        }

        let length = extents[2] * extents[3]
        let factors = try random([length], &source)
        let layer = LayerNormalizationWork(
            rows: extents[0] * extents[1],
            length: length,
            weight: factors,
            bias: nil,
            epsilon: 1e-3
        )
        expect(
            layer.run(input, outputShape: input.shape, team: team),
            reference(input, input.shape) {
                Reference.layerNormalization(
                    rows: extents[0] * extents[1],
                    length: length,
                    weight: factors.elements,
                    bias: nil,
                    epsilon: 1e-3,
                    input: $0,
                    output: &$1
                )
            },
            source
        )

        for size in [1, 2, 5] {
            var response = LocalResponseNormalization(size: size)
            (response.alpha, response.k) = (0.5, 2)
            let work = LocalResponseNormalizationWork(layout: layout, layer: response)
            expect(
                work.run(input, outputShape: input.shape, team: team),
                reference(input, input.shape) {
                    Reference.localResponseNormalization(layout, response, input: $0, output: &$1)
                },
                source
            )
        }
    }

    @Test func matricesOverTheLastAxisAreThoseOfThePlainLoops() throws {
        var source = SeededRandom(seed: 45)
        for (rows, inputs, outputs) in [(1, 1, 1), (3, 17, 5), (2, 256, 33), (5, 31, 70)] {
            let input = try random([rows, inputs], &source)
            let (weight, bias) = (try random([outputs, inputs], &source), try random([outputs], &source))
            let output = try shape(rows, outputs)
            let work = LinearWork(
                rows: rows,
                inFeatures: inputs,
                outFeatures: outputs,
                weight: weight,
                bias: bias
            )
            let expected = reference(input, output) {
                Reference.linear(
                    rows: rows,
                    inFeatures: inputs,
                    outFeatures: outputs,
                    weight: weight.elements,
                    bias: bias.elements,
                    input: $0,
                    output: &$1
                )
            }
            expect(work.run(input, outputShape: output, team: team), expected, source, tolerance: 1e-5)
        }
    }

    @Test(arguments: Pad.Mode.allCases)
    func cellsAroundTheInputAreThoseOfThePlainLoops(mode: Pad.Mode) throws {
        var source = SeededRandom(seed: 46)
        let input = try random([2, 3, 5, 7], &source)
        for (before, after) in [(2, 1), (-1, 3), (4, -2)] {
            let output = try shape(2, 3, 5 + 1, 7 + before + after)
            var starts = SIMD8<Int>(repeating: 0)
            (starts[2], starts[3]) = (1, before)
            let work = PadWork(before: starts, mode: mode, value: 0.25)
            let expected = reference(input, output) {
                Reference.pad(
                    from: input.shape,
                    to: output,
                    before: starts,
                    mode: mode,
                    value: 0.25,
                    input: $0,
                    output: &$1
                )
            }
            #expect(work.run(input, outputShape: output, team: team).array == expected, "seed \(source.seed)")
        }
    }

    @Test(arguments: Upsample.Mode.allCases)
    func otherResolutionsAreThoseOfThePlainLoops(mode: Upsample.Mode) throws {
        var source = SeededRandom(seed: 47)
        for (from, to) in [((3, 4), (6, 8)), ((5, 7), (11, 3)), ((1, 1), (2, 5)), ((8, 9), (8, 9))] {
            let (small, large) = (Spatial(from.0, from.1), Spatial(to.0, to.1))
            let input = try random([2, 3, from.0, from.1], &source)
            let output = try shape(2, 3, to.0, to.1)
            let scales = (1.0, Double(from.0) / Double(to.0), Double(from.1) / Double(to.1))
            let work = UpsampleWork(
                planes: 6,
                input: small,
                output: large,
                scales: scales,
                mode: mode,
                alignsCorners: false
            )
            let expected = reference(input, output) {
                if mode == .bilinear {
                    Reference.bilinear(
                        planes: 6,
                        from: small,
                        to: large,
                        scales: scales,
                        alignsCorners: false,
                        input: $0,
                        output: &$1
                    )
                } else {
                    let offset: Float = mode == .nearestExact ? 0.5 : 0
                    Reference.nearest(
                        planes: 6,
                        from: small,
                        to: large,
                        scales: scales,
                        offset: offset,
                        input: $0,
                        output: &$1
                    )
                }
            }
            expect(work.run(input, outputShape: output, team: team), expected, source)
        }
    }

    @Test func tensorsCombinedAreThoseOfThePlainLoops() throws {
        var source = SeededRandom(seed: 48)
        let output = try shape(2, 3, 5, 7)
        let inputs = try [[2, 3, 5, 7], [3, 1, 7], [2, 1, 5, 1], [1]].map { try random($0, &source) }
        for multiplies in [false, true] {
            var expected = [Float](repeating: multiplies ? 1 : 0, count: output.elementCount)
            var span = expected.mutableSpan
            for input in inputs {
                Reference.broadcast(from: input.shape, to: output, input: input.elements, output: &span) {
                    multiplies ? $0 * $1 : $0 + $1
                }
            }
            expect(BroadcastWork(multiplies: multiplies).run(inputs, outputShape: output, team: team), expected, source)
        }

        let parts = try [3, 1, 4].map { try random([2, $0, 5], &source) }
        let joined = try shape(2, 8, 5)
        var expected = [Float](repeating: 0, count: joined.elementCount)
        var span = expected.mutableSpan
        var start = 0
        for part in parts {
            let layout = ChannelLayout(part.shape, axis: 1)
            Reference.place(layout, at: start, of: 8, input: part.elements, output: &span)
            start += layout.channels
        }
        expect(ConcatenateWork(axis: 1).run(parts, outputShape: joined, team: team), expected, source)
    }

    private func scaled(_ tensor: Tensor, _ scale: Float) throws -> Tensor {
        try #require(Tensor(shape: tensor.shape, elements: tensor.array.map { $0 * scale }))
    }

    private func expect(
        _ found: Tensor,
        _ expected: [Float],
        _ source: SeededRandom,
        tolerance: Float = 2e-6,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            agree(found.array, expected, tolerance: tolerance),
            "seed \(source.seed)",
            sourceLocation: sourceLocation
        )
    }
}
