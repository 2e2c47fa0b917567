import TestSupport
import Testing

@testable import ConvolutionEngine

private let axes = [(2, 1), (3, 1), (5, 1), (7, 1), (3, 2), (4, 2), (7, 2)]

@Suite("Winograd convolution of volumes")
struct WinogradDepthTests {
    @Test("has the stated error for any depth of the kernel, its stride, dilation and padding", arguments: 1...5)
    func depths(kernel: Int) {
        for (stride, dilation) in [(1, 1), (2, 1), (3, 1), (1, 2), (1, 9)]
        where kernel == 1 || dilation < 9 || kernel < 4 {
            for padding in [0, 1, kernel] {
                let reach = (kernel - 1) * dilation + 1
                for depth in Set([reach, 5, 12]) where depth + 2 * padding >= reach {
                    expectAgreement(
                        ConvolutionGeometry(
                            channels: 2,
                            to: 9,
                            input: Spatial(9, 13, depth: depth),
                            kernel: Spatial(3, 3, depth: kernel),
                            stride: Spatial(1, 1, depth: stride),
                            dilation: Spatial(1, 1, depth: dilation),
                            begin: .pad(1, 1, depth: padding)
                        ),
                        algorithms: [.winograd]
                    )
                }
            }
        }
    }

    @Test("has the stated error at every size of a slice around a tile's and a vector's", arguments: axes)
    func sizes(kernel: Int, stride: Int) {
        for (height, width) in [(4, 4), (5, 17), (17, 8), (13, 70)] {
            expectAgreement(
                ConvolutionGeometry(
                    batch: 2,
                    groups: 2,
                    channels: 2,
                    to: 3,
                    input: Spatial(height * stride, width * stride, depth: 3),
                    kernel: Spatial(kernel, kernel, depth: 2),
                    stride: Spatial(repeating: stride),
                    begin: .pad(kernel / 2, kernel / 2, depth: 1)
                ),
                algorithms: [.winograd]
            )
        }
    }

    @Test("keeps the lattices of dilated slices apart", arguments: [2, 3, 5])
    func dilations(dilation: Int) {
        for depth in [1, 3] {
            for (height, width) in [(17, 28), (dilation, dilation + 1), (40, 9)] {
                expectAgreement(
                    ConvolutionGeometry(
                        batch: 2,
                        channels: 3,
                        to: 5,
                        input: Spatial(height, width, depth: 5),
                        kernel: Spatial(3, 3, depth: depth),
                        dilation: Spatial(dilation, 1 + dilation / 2, depth: dilation),
                        begin: .pad(dilation, dilation, depth: (depth - 1) / 2 * dilation)
                    ),
                    algorithms: [.winograd]
                )
            }
        }
    }

    @Test("cuts many slices, and large ones, into blocks")
    func blocks() {
        for (depth, height, width, channels) in [(40, 5, 5, 3), (3, 50, 60, 2), (7, 30, 20, 2), (2, 7, 300, 1)] {
            for stride in 1...2 {
                expectAgreement(
                    ConvolutionGeometry(
                        channels: channels,
                        to: 2,
                        input: Spatial(height, width, depth: depth),
                        kernel: Spatial(3, 3, depth: 3),
                        stride: Spatial(1, 1, depth: stride),
                        begin: .pad(1, 1, depth: 1)
                    ),
                    algorithms: [.winograd]
                )
            }
        }
    }

    @Test("has the stated error from one channel to a thousand, however the taps fall into chunks", arguments: 2...5)
    func channels(depth: Int) {
        for channels in [1, 38, 39, 64, 96, 200, 1000] {
            expectAgreement(
                ConvolutionGeometry(
                    channels: channels,
                    to: channels > 100 ? 1 : 17,
                    input: Spatial(5, 5, depth: depth),
                    kernel: Spatial(3, 3, depth: depth),
                    begin: .pad(1, 1, depth: 1)
                ),
                algorithms: [.winograd]
            )
        }
    }

    @Test("leaves an infinity or NaN in the windows that hold it, whichever slice it is in", arguments: [1, 3])
    func nonfinite(depth: Int) {
        let geometry = ConvolutionGeometry(
            channels: 2,
            to: 3,
            input: Spatial(6, 5, depth: 4),
            kernel: Spatial(3, 3, depth: depth),
            begin: .pad(1, 1, depth: depth / 2)
        )
        for place in 0..<120 {
            let special = [Float.infinity, -.infinity, .nan][place % 3]
            expectAgreement(geometry, algorithms: [.winograd]) { input, _ in input[place] = special }
        }
    }

    @Test("has no transforms for a depth with both a stride and a dilation, and for kernels along the depth alone")
    func refused() {
        for (kernel, stride, dilation) in [(Spatial(3, 3, depth: 3), 2, 2), (Spatial(1, 1, depth: 3), 1, 1)] {
            let geometry = ConvolutionGeometry(
                channels: 4,
                to: 4,
                input: Spatial(12, 12, depth: 12),
                kernel: kernel,
                stride: Spatial(1, 1, depth: stride),
                dilation: Spatial(1, 1, depth: dilation)
            )
            #expect(WinogradPlan(geometry, kernels: .chosen) == nil)
        }
    }

    @Test(
        "gives the same bits whatever the number of threads",
        arguments: [
            (Spatial(28, 28, depth: 8), 1, 1), (Spatial(20, 24, depth: 6), 3, 1), (Spatial(9, 9, depth: 13), 3, 2),
        ]
    )
    func threads(input extents: Spatial, depth: Int, stride: Int) {
        let geometry = ConvolutionGeometry(
            channels: 16,
            to: 70,
            input: extents,
            kernel: Spatial(3, 3, depth: depth),
            stride: Spatial(1, 1, depth: stride),
            begin: .pad(1, 1, depth: depth / 2)
        )
        expectSameBits(geometry, algorithms: [.winograd], seed: 12)
    }
}
