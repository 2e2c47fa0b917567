import Testing

@testable import ConvolutionEngine

@Suite("The choice of Winograd's tiles")
struct WinogradSchemeTests {
    @Test("makes tiles as large as fit the output")
    func tileSizes() throws {
        let kernels = try #require(KernelSet(named: "avx512") ?? KernelSet.supported.first)
        for (channels, extent, stride, padding, dilation, outputs) in [
            (256, 56, 1, 1, 1, 4), (256, 33, 1, 6, 6, 3), (256, 35, 2, 0, 1, 3), (128, 56, 2, 1, 1, 4),
        ] {
            let plan = WinogradPlan(
                ConvolutionGeometry(
                    channels: channels,
                    to: channels,
                    input: Spatial(extent, extent),
                    kernel: Spatial(3, 3),
                    stride: Spatial(repeating: stride),
                    dilation: Spatial(repeating: dilation),
                    begin: .pad(padding, padding)
                ),
                kernels: kernels
            )
            let scheme = try #require(plan).scheme
            #expect(scheme.outputsY == outputs && scheme.outputsX == outputs, "\(extent), stride \(stride)")
        }
    }
}
