import TestSupport
import Testing

@testable import ConvolutionEngine

@Suite("Direct convolution of few output pixels")
struct FewPixelsTests {
    private static func geometry(
        _ input: Spatial,
        _ kernel: Spatial,
        stride: Int = 1,
        dilation: Int = 1,
        padding: Spatial,
        channels: Int = 40,
        outputs: Int = 52
    ) -> ConvolutionGeometry {
        ConvolutionGeometry(
            batch: 2,
            groups: 2,
            channels: channels,
            to: outputs,
            input: input,
            kernel: kernel,
            stride: Spatial(repeating: stride),
            dilation: Spatial(repeating: dilation),
            begin: padding,
            end: padding
        )
    }

    private func expectFew(_ geometry: ConvolutionGeometry) {
        for kernels in KernelSet.supported {
            #expect(FewPixelsPlan(geometry, kernels: kernels) != nil, "\(kernels.name), \(geometry)")
        }
        expectAgreement(geometry, algorithms: [.direct])
    }

    @Test("has the stated error for any number of pixels, and leaves out padding", arguments: 1...6)
    func extents(height: Int) {
        for width in 1...6 {
            for (kernel, stride, padding) in [(3, 1, 1), (3, 2, 1), (4, 2, 1), (5, 2, 2), (3, 3, 0)] {
                let input = Spatial(
                    (height - 1) * stride + kernel - 2 * padding,
                    (width - 1) * stride + kernel - 2 * padding
                )
                guard input.height > 0, input.width > 0 else { continue }
                expectFew(
                    FewPixelsTests.geometry(
                        input,
                        Spatial(kernel, kernel),
                        stride: stride,
                        padding: .pad(padding, padding)
                    )
                )
            }
        }
    }

    @Test("has the stated error for volumes, dilations and wide padding")
    func others() {
        let cube = Spatial(3, 3, depth: 3)
        expectFew(FewPixelsTests.geometry(Spatial(3, 3, depth: 2), cube, padding: .pad(1, 1, depth: 1)))
        expectFew(FewPixelsTests.geometry(Spatial(5, 4), Spatial(3, 3), dilation: 2, padding: .pad(2, 2)))
        expectFew(FewPixelsTests.geometry(Spatial(1, 2), Spatial(3, 2), padding: .pad(2, 1)))
        expectFew(FewPixelsTests.geometry(Spatial(6, 6), Spatial(1, 2), stride: 2, padding: .pad(0, 1)))
    }

    @Test("has the stated error for any number of channels", arguments: [16, 63, 191, 193, 500, 1000])
    func channels(channels: Int) {
        expectFew(
            FewPixelsTests.geometry(
                Spatial(4, 3),
                Spatial(3, 3),
                padding: .pad(1, 1),
                channels: channels,
                outputs: 16
            )
        )
    }

    @Test("leaves an infinity or NaN in the windows that hold it")
    func nonfinite() {
        let geometry = FewPixelsTests.geometry(Spatial(5, 5), Spatial(3, 3), stride: 2, padding: .pad(1, 1))
        for place in 0..<25 {
            let special = [Float.infinity, -.infinity, .nan][place % 3]
            expectAgreement(geometry, algorithms: [.direct]) { input, _ in input[place] = special }
        }
    }

    @Test("gives the same bits whatever the number of threads")
    func threads() {
        let geometry = FewPixelsTests.geometry(
            Spatial(7, 7),
            Spatial(3, 3),
            stride: 2,
            padding: .pad(1, 1),
            outputs: 160
        )
        expectSameBits(geometry, algorithms: [.direct], seed: 5)
    }

    @Test("is chosen where the pixels would leave lanes empty, and not where they fill them")
    func choice() throws {
        guard let kernels = KernelSet(named: "avx512") else { return }
        func isFew(_ extent: Int, _ stride: Int) -> Bool {
            let geometry = ConvolutionGeometry(
                channels: 128,
                to: 256,
                input: Spatial(extent, extent),
                kernel: Spatial(3, 3),
                stride: Spatial(repeating: stride),
                begin: .pad(1, 1)
            )
            return FewPixelsPlan(suiting: geometry, kernels: kernels) != nil
        }
        #expect(isFew(10, 2) && isFew(4, 2) && isFew(3, 1))
        #expect(!isFew(14, 2) && !isFew(56, 1))
    }
}
