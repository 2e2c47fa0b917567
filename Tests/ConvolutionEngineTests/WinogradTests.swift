import TestSupport
import Testing

@testable import ConvolutionEngine

/// Kernel extents and strides that have transforms.
private let axes = [(2, 1), (3, 1), (4, 1), (5, 1), (7, 1), (9, 1), (2, 2), (3, 2), (4, 2), (5, 2), (7, 2)]

private let winograd = [ConvolutionAlgorithm.winograd, .winogradRows]

@Suite("Winograd convolution")
struct WinogradTests {
    @Test("has the stated error at every width and height around a tile's and a vector's", arguments: axes)
    func sizes(kernel: Int, stride: Int) {
        for (height, width) in [(4, 4), (5, 3), (9, 17), (7, 31), (4, 65), (17, 8), (12, 12)] {
            expectAgreement(
                ConvolutionGeometry(
                    channels: 2,
                    to: width > 16 ? 3 : 11,
                    input: Spatial(height * stride, width * stride),
                    kernel: Spatial(kernel, kernel),
                    stride: Spatial(repeating: stride),
                    begin: .pad(kernel / 2, kernel / 2),
                    end: .pad((kernel - 1) / 2, kernel / 2)
                ),
                algorithms: winograd
            )
        }
    }

    @Test("takes any axis along y with any along x")
    func mixedAxes() {
        for (number, y) in axes.enumerated() {
            let x = axes[(number + 3) % axes.count]
            expectAgreement(
                ConvolutionGeometry(
                    channels: 3,
                    to: 9,
                    input: Spatial(21, 26),
                    kernel: Spatial(y.0, x.0),
                    stride: Spatial(y.1, x.1),
                    begin: .pad(1, 2)
                ),
                algorithms: winograd
            )
        }
    }

    @Test("filters along one axis alone", arguments: axes.filter { $0.1 == 1 }.map(\.0))
    func oneAxis(taps: Int) {
        for (height, width) in [(17, 17), (5, 40), (9, 3), (3, 300)] {
            for dilation in [1, 3] {
                for kernel in [Spatial(1, taps), Spatial(taps, 1)] {
                    expectAgreement(
                        ConvolutionGeometry(
                            channels: 3,
                            to: 11,
                            input: Spatial(height, width),
                            kernel: kernel,
                            dilation: Spatial(repeating: dilation),
                            begin: .pad(kernel.height / 2 * dilation, kernel.width / 2 * dilation)
                        ),
                        algorithms: [.winograd]
                    )
                }
            }
        }
    }

    @Test(
        "leaves out taps that never meet the input",
        arguments: [(18, 33), (36, 33), (12, 24), (12, 23), (12, 25), (5, 5), (5, 6), (1, 2)]
    )
    func tapsInPadding(dilation: Int, extent: Int) {
        for input in [Spatial(extent, extent), Spatial(extent, 30), Spatial(9, extent)] {
            for padding in [dilation, dilation - 1] {
                let geometry = ConvolutionGeometry(
                    channels: 3,
                    to: 10,
                    input: input,
                    kernel: Spatial(3, 3),
                    dilation: Spatial(repeating: dilation),
                    begin: .pad(padding, padding),
                    end: .pad(dilation, dilation)
                )
                expectAgreement(geometry, algorithms: [.winograd])
                expectAgreement(geometry, algorithms: [.winograd]) { input, _ in input[input.count / 2] = .nan }
            }
        }
    }

    @Test("computes dilated convolutions lattice by lattice", arguments: [2, 3, 5, 6, 13])
    func dilations(dilation: Int) {
        for (height, width) in [(17, 28), (dilation, dilation + 1), (40, 9)] {
            expectAgreement(
                ConvolutionGeometry(
                    batch: 2,
                    channels: 3,
                    to: 5,
                    input: Spatial(height, width),
                    kernel: Spatial(3, 3),
                    dilation: Spatial(dilation, 1 + dilation / 2),
                    begin: .pad(dilation, dilation / 2)
                ),
                algorithms: winograd
            )
        }
    }

    @Test("goes down the columns of kernels of any height, width, stride and depth", arguments: 2...13)
    func rows(height: Int) {
        for stride in 1...4 where stride < height {
            expectAgreement(
                ConvolutionGeometry(
                    groups: 2,
                    channels: 2,
                    to: 5,
                    input: Spatial(height + 7 * stride, 33 + height),
                    kernel: Spatial(height, 1 + height % 5),
                    stride: Spatial(stride, 1 + height % 3),
                    dilation: Spatial(stride == 1 ? 3 : 1, 1 + stride % 2),
                    begin: .pad(height % 3, 2),
                    end: .pad(1, 1)
                ),
                algorithms: [.winogradRows]
            )
        }
        expectAgreement(
            ConvolutionGeometry(
                batch: 2,
                channels: 2,
                to: 3,
                input: Spatial(height + 3, 19, depth: 4),
                kernel: Spatial(height, 3, depth: 3),
                stride: Spatial(1, 1, depth: 2),
                dilation: Spatial(1, 2, depth: 1),
                begin: .pad(1, 1, depth: 1)
            ),
            algorithms: [.winogradRows]
        )
    }

    @Test("cuts very wide rows into blocks")
    func wideRows() {
        expectAgreement(
            ConvolutionGeometry(
                channels: 64,
                to: 1,
                input: Spatial(3, 3000),
                kernel: Spatial(3, 3),
                begin: .pad(0, 1)
            ),
            algorithms: winograd
        )
    }

    @Test("keeps batches and groups apart, and many small pictures together")
    func batches() {
        for (batch, groups, extent) in [(7, 1, 7), (3, 2, 14), (40, 1, 4), (2, 3, 30)] {
            expectAgreement(
                ConvolutionGeometry(
                    batch: batch,
                    groups: groups,
                    channels: 5,
                    to: 11,
                    input: Spatial(extent, extent),
                    kernel: Spatial(3, 3),
                    begin: .pad(1, 1)
                ),
                algorithms: winograd
            )
        }
    }

    @Test(
        "has the stated error from one channel to four thousand",
        arguments: [1, 2, 64, 191, 192, 193, 500, 1024, 4096]
    )
    func depths(channels: Int) {
        for kernel in [3, 5] {
            let geometry = ConvolutionGeometry(
                channels: channels,
                to: channels > 100 ? 1 : 67,
                input: Spatial(kernel + 1, 5),
                kernel: Spatial(kernel, kernel),
                begin: .pad(0, 1)
            )
            expectAgreement(geometry, algorithms: winograd)
        }
    }

    @Test("moves an impulse by a tap", arguments: axes)
    func impulses(kernel: Int, stride: Int) {
        let extent = 3 * stride + kernel
        let geometry = ConvolutionGeometry(
            channels: 1,
            to: 1,
            input: Spatial(extent, extent),
            kernel: Spatial(kernel, kernel),
            stride: Spatial(repeating: stride)
        )
        for tap in 0..<kernel * kernel where tap % (kernel + 1) == 0 {
            for place in 0..<extent {
                expectAgreement(geometry, algorithms: winograd) { input, weight in
                    for index in input.indices {
                        input[index] = index % extent == place && index / extent <= place ? 1 : 0
                    }
                    for index in weight.indices { weight[index] = index == tap ? 1 : 0 }
                }
            }
        }
    }

    @Test("leaves an infinity or NaN in the windows that hold it, wherever in a tile it is")
    func nonfinite() {
        for (kernel, stride, dilation) in [(3, 1, 1), (5, 1, 1), (3, 2, 1), (3, 1, 2)] {
            let geometry = ConvolutionGeometry(
                channels: 2,
                to: 3,
                input: Spatial(11, 10),
                kernel: Spatial(kernel, kernel),
                stride: Spatial(repeating: stride),
                dilation: Spatial(repeating: dilation),
                begin: .pad(kernel / 2, kernel / 2)
            )
            for place in 0..<110 {
                let special = [Float.infinity, -.infinity, .nan][place % 3]
                expectAgreement(geometry, algorithms: winograd) { input, _ in input[place] = special }
            }
        }
    }

    @Test("does not overflow where the sum does not")
    func overflow() {
        let geometry = ConvolutionGeometry(
            channels: 1,
            to: 2,
            input: Spatial(9, 9),
            kernel: Spatial(3, 3),
            begin: .pad(1, 1)
        )
        expectAgreement(geometry, algorithms: winograd) { input, weight in
            for index in input.indices { input[index] = 1e38 }
            for index in weight.indices { weight[index] = index % 9 == 4 ? 1 : 0 }
        }
        expectAgreement(geometry, algorithms: winograd) { input, weight in
            for index in input.indices { input[index] = 1 }
            for index in weight.indices { weight[index] = index % 9 == 4 ? 3e38 : 0 }
        }
    }

    @Test(
        "gives the same bits whatever the number of threads",
        arguments: [(64, 56, 3), (33, 14, 3), (300, 7, 3), (64, 11, 3), (16, 60, 5), (40, 30, 3)]
    )
    func threads(channels: Int, extent: Int, kernel: Int) {
        let geometry = ConvolutionGeometry(
            channels: channels,
            to: channels + 5,
            input: Spatial(extent, extent),
            kernel: Spatial(kernel, kernel),
            begin: .pad(1, 1)
        )
        expectSameBits(geometry, algorithms: winograd, seed: 11)
    }

    @Test("is not used with weights that are infinite or NaN", arguments: [Float.infinity, .nan])
    func nonfiniteWeights(special: Float) {
        for padding in [0, 1] {
            let geometry = ConvolutionGeometry(
                channels: 3,
                to: 8,
                input: Spatial(19, 19),
                kernel: Spatial(3, 3),
                begin: .pad(padding, padding)
            )
            var weight = [Float](repeating: 1, count: geometry.weightCount)
            weight[100] = special
            let tensor = Tensor(shape: Shape(checking: [weight.count])!, elements: weight)!
            let prepared = PreparedConvolution.prepare(geometry, weight: tensor, request: .winograd, use: .often)
            #expect(prepared.algorithm == (padding == 0 ? .window : .plain))
        }
    }
}
