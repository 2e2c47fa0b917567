import Testing

@testable import ConvolutionEngine

@Suite("Depthwise convolution")
struct DepthwiseTests {
    @Test("of planes so small that two go together agrees with the definition", arguments: [3, 5, 7], [1, 2])
    func smallPlanes(kernel: Int, stride: Int) {
        for width in 1...8 * stride + 1 {
            for (height, begin, end, dilation) in [(7, 1, 1, 1), (8, 3, 0, 1), (16, 2, 3, 2), (4, 3, 3, 1)] {
                let extent = max(width, (kernel - 1) * dilation + 1 - begin - end)
                let down = max(height, kernel - begin - end)
                expectAgreement(
                    ConvolutionGeometry(
                        batch: 2,
                        groups: 2 + width % 4,
                        channels: 1,
                        to: 1,
                        input: Spatial(down * stride, extent),
                        kernel: Spatial(kernel, kernel),
                        stride: Spatial(repeating: stride),
                        dilation: Spatial(1, dilation),
                        begin: .pad(begin, begin),
                        end: .pad(end, end)
                    ),
                    algorithms: [.depthwise],
                    seed: UInt64(width * 100 + height)
                )
            }
        }
    }

    @Test(
        "of narrow planes so many that a vector's worth go together agrees with the definition",
        arguments: [1, 2, 7, 8, 13, 14, 27, 28, 29],
        [Float(1), .infinity, .nan]
    )
    func narrowPlanes(width: Int, special: Float) {
        for (height, begin, end, reach) in [(7, 3, 3, 7), (4, 3, 3, 7), (5, 6, 4, 3), (15, 2, 6, 5), (28, 0, 3, 7)] {
            let across = max(width, reach - begin - end)
            let down = max(height, 7 - begin - end)
            expectAgreement(
                ConvolutionGeometry(
                    batch: 2,
                    groups: 16 + width % 5 * 9,
                    channels: 1,
                    to: 1,
                    input: Spatial(down, across),
                    kernel: Spatial(7, reach),
                    begin: .pad(begin, begin),
                    end: .pad(end, end)
                ),
                algorithms: [.depthwise],
                seed: UInt64(width * 100 + height)
            ) { input, _ in
                input[input.count / 3] = special
            }
        }
    }
}
