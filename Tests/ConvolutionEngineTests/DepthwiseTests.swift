import Testing

@testable import ConvolutionEngine

@Suite("Depthwise convolution")
struct DepthwiseTests {
    @Test("of planes so small that two go together agrees with the definition", arguments: [3, 5, 7])
    func smallPlanes(kernel: Int) {
        for width in 1...9 {
            for (height, begin, end, dilation) in [(7, 1, 1, 1), (8, 3, 0, 1), (16, 2, 3, 2), (4, 3, 3, 1)] {
                let extent = max(width, (kernel - 1) * dilation + 1 - begin - end)
                let down = max(height, kernel - begin - end)
                expectAgreement(
                    ConvolutionGeometry(
                        batch: 2,
                        groups: 2 + width % 4,
                        channels: 1,
                        to: 1,
                        input: Spatial(down, extent),
                        kernel: Spatial(kernel, kernel),
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
}
