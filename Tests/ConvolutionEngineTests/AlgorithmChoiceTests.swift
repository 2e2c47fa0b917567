import TestSupport
import Testing

@testable import ConvolutionEngine

@Suite("The choice of an algorithm")
struct AlgorithmChoiceTests {
    @Test(
        "follows the geometry where every product is formed",
        arguments: [
            (
                ConvolutionAlgorithm.plain,
                ConvolutionGeometry(channels: 1, to: 1, input: Spatial(3, 3), kernel: Spatial(2, 2))
            ),
            (.pointwise, ConvolutionGeometry(channels: 64, to: 64, input: Spatial(56, 56), kernel: Spatial(1, 1))),
            (
                .window,
                ConvolutionGeometry(
                    channels: 3,
                    to: 768,
                    input: Spatial(224, 224),
                    kernel: Spatial(16, 16),
                    stride: Spatial(repeating: 16)
                )
            ),
            (
                .window,
                ConvolutionGeometry(
                    groups: 32,
                    channels: 8,
                    to: 8,
                    input: Spatial(28, 28),
                    kernel: Spatial(3, 3),
                    begin: .pad(1, 1)
                )
            ),
            (
                .window,
                ConvolutionGeometry(
                    channels: 3,
                    to: 64,
                    input: Spatial(224, 224),
                    kernel: Spatial(7, 7),
                    stride: Spatial(repeating: 2),
                    begin: .pad(3, 3)
                )
            ),
            (
                .direct,
                ConvolutionGeometry(
                    channels: 256,
                    to: 512,
                    input: Spatial(56, 56),
                    kernel: Spatial(1, 1),
                    stride: Spatial(repeating: 2)
                )
            ),
            (
                .depthwise,
                ConvolutionGeometry(
                    groups: 32,
                    channels: 1,
                    to: 1,
                    input: Spatial(112, 112),
                    kernel: Spatial(3, 3),
                    begin: .pad(1, 1)
                )
            ),
            (
                .depthwise,
                ConvolutionGeometry(
                    channels: 1,
                    to: 1,
                    input: Spatial(512, 512),
                    kernel: Spatial(3, 3),
                    begin: .pad(1, 1)
                )
            ),
        ]
    )
    func follows(expected: ConvolutionAlgorithm, geometry: ConvolutionGeometry) {
        #expect(PreparedConvolution.algorithm(for: geometry, request: .direct, use: .often) == expected)
    }

    @Test("turns to plain loops when a weight is infinite and padding is in reach")
    func nonfinite() {
        let geometry = ConvolutionGeometry(
            channels: 3,
            to: 8,
            input: Spatial(9, 9),
            kernel: Spatial(3, 3),
            begin: .pad(1, 1)
        )
        var weight = [Float](repeating: 1, count: geometry.weightCount)
        let shape = Shape(checking: [weight.count])!
        func chosen() -> ConvolutionAlgorithm {
            let tensor = Tensor(shape: shape, elements: weight)!
            return PreparedConvolution.prepare(geometry, weight: tensor, request: .auto, use: .often).algorithm
        }
        #expect(chosen() != .plain)
        weight[100] = .infinity
        #expect(chosen() == .plain)
    }

    @Test("bounds the working memory of every algorithm, however large the layer")
    func workspace() {
        let layers = [
            ConvolutionGeometry(
                channels: 2048,
                to: 2048,
                input: Spatial(512, 512),
                kernel: Spatial(3, 3),
                begin: .pad(1, 1)
            ),
            ConvolutionGeometry(channels: 1, to: 64, input: Spatial(8192, 8192), kernel: Spatial(5, 5)),
            ConvolutionGeometry(channels: 64, to: 64, input: Spatial(1, 1 << 22), kernel: Spatial(1, 9)),
        ]
        for geometry in layers {
            for (request, limit) in [(AlgorithmRequest.direct, 4 << 20), (.winograd, 16 << 20)] {
                let algorithm = PreparedConvolution.algorithm(for: geometry, request: request, use: .often)
                let bytes = PreparedConvolution.workspaceBytes(for: geometry, algorithm: algorithm)
                #expect(bytes <= limit, "\(algorithm.name), \(geometry)")
            }
        }
    }
}
