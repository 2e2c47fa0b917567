import Testing

@testable import ConvolutionEngine

@Suite("The choice of Winograd convolution")
struct WinogradChoiceTests {
    private func chosen(_ geometry: ConvolutionGeometry, _ request: AlgorithmRequest, _ use: WeightUse)
        -> ConvolutionAlgorithm
    {
        PreparedConvolution.algorithm(for: geometry, request: request, use: use)
    }

    @Test(
        "is made for wide layers, of which it takes less than half the products",
        arguments: [
            (64, 56, 3, 1, 1), (128, 28, 3, 1, 1), (256, 14, 3, 1, 1), (48, 28, 5, 1, 1), (128, 56, 3, 2, 1),
            (256, 28, 3, 1, 2),
        ]
    )
    func wide(channels: Int, extent: Int, kernel: Int, stride: Int, dilation: Int) {
        let geometry = ConvolutionGeometry(
            channels: channels,
            to: channels,
            input: Spatial(extent, extent),
            kernel: Spatial(kernel, kernel),
            stride: Spatial(repeating: stride),
            dilation: Spatial(repeating: dilation),
            begin: .pad(dilation, dilation)
        )
        #expect(chosen(geometry, .auto, .often) == .winograd)
        #expect(chosen(geometry, .winograd, .once) == .winograd)
        #expect(chosen(geometry, .direct, .often) != .winograd)
    }

    @Test("is made for one run only where many outputs pay for transforming the weights")
    func once() {
        func layer(_ channels: Int, _ extent: Int) -> ConvolutionGeometry {
            ConvolutionGeometry(
                channels: channels,
                to: channels,
                input: Spatial(extent, extent),
                kernel: Spatial(3, 3),
                begin: .pad(1, 1)
            )
        }
        #expect(chosen(layer(64, 224), .auto, .once) == .winograd)
        #expect(chosen(layer(64, 56), .auto, .once) == .winograd)
        #expect(chosen(layer(512, 4), .auto, .once) != .winograd)
        #expect(chosen(layer(8, 3), .auto, .once) != .winograd)
    }

    @Test(
        "is down the columns for few input channels, and for kernels that no pair of axes fits",
        arguments: [
            (3, 64, 224, 7, 2, 3, 1), (3, 64, 227, 11, 4, 2, 1), (256, 256, 28, 3, 1, 1, 32), (3, 64, 224, 3, 1, 1, 1),
            (32, 32, 60, 8, 1, 4, 1),
        ]
    )
    func rows(channels: Int, outputs: Int, extent: Int, kernel: Int, stride: Int, padding: Int, groups: Int) {
        let geometry = ConvolutionGeometry(
            groups: groups,
            channels: channels / groups,
            to: outputs / groups,
            input: Spatial(extent, extent),
            kernel: Spatial(kernel, kernel),
            stride: Spatial(repeating: stride),
            begin: .pad(padding, padding)
        )
        #expect(chosen(geometry, .auto, .often) == .winogradRows)
    }

    @Test("is down the columns with AVX2 only where few channels are, as it has too few registers for many")
    func narrowVectors() {
        guard let kernels = KernelSet(named: "avx2") else { return }
        func chosen(_ groups: Int, _ channels: Int, _ extent: Int, _ kernel: Spatial, _ dilation: Int)
            -> ConvolutionAlgorithm
        {
            let padding = Spatial.pad(kernel.height / 2 * dilation, kernel.width / 2 * dilation)
            let geometry = ConvolutionGeometry(
                groups: groups,
                channels: channels,
                to: channels,
                input: Spatial(extent, extent),
                kernel: kernel,
                dilation: Spatial(repeating: dilation),
                begin: padding
            )
            return PreparedConvolution.algorithm(
                for: geometry,
                request: .auto,
                use: .often,
                kernels: kernels,
                blocking: .standard
            )
        }
        #expect(chosen(1, 256, 33, Spatial(3, 3), 6) == .winograd)
        #expect(chosen(1, 64, 56, Spatial(5, 1), 1) == .winograd)
        #expect(chosen(32, 8, 28, Spatial(3, 3), 1) == .winogradRows)
    }

    @Test("is not made where a kernel has one row of so many taps")
    func none() {
        let geometry = ConvolutionGeometry(channels: 16, to: 16, input: Spatial(4, 40), kernel: Spatial(1, 11))
        #expect(chosen(geometry, .winograd, .often) == chosen(geometry, .direct, .often))
    }

    @Test("makes tiles as large as fit the output")
    func tileSizes() throws {
        guard let kernels = KernelSet(named: "avx512") else { return }
        for (channels, extent, stride, padding, dilation, outputs) in [
            (256, 56, 1, 1, 1, 4), (256, 33, 1, 6, 6, 3), (256, 35, 2, 0, 1, 3), (128, 56, 2, 1, 1, 4),
            (256, 33, 1, 18, 18, 2), (256, 33, 1, 36, 36, 1), (512, 28, 2, 1, 1, 2), (192, 17, 2, 0, 1, 4),
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
