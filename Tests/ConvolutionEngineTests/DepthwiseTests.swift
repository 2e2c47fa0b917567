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
        arguments: [1, 2, 7, 14, 28, 36, 37],
        [Float(1), .infinity, .nan]
    )
    func narrowPlanes(width: Int, special: Float) {
        let shapes = [(7, 3, 3, 7), (4, 3, 3, 7), (5, 6, 4, 3), (15, 2, 6, 5), (28, 0, 3, 7)]
        for (index, (height, begin, end, reach)) in shapes.enumerated() {
            for (kernel, stride) in [(7, 1), (5, 1), (7, 2), (5, 2)]
            where index == 0 || (width + index) % 2 == kernel / 2 % 2 {
                let across = max((width - 1) * stride + reach - begin - end, reach - begin - end, 1)
                let down = max(height * stride, kernel - begin - end)
                expectAgreement(
                    ConvolutionGeometry(
                        batch: 2,
                        groups: 16 + width % 5 * 9,
                        channels: 1,
                        to: 1,
                        input: Spatial(down, across),
                        kernel: Spatial(kernel, reach),
                        stride: Spatial(repeating: stride),
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

    @Test(
        "of lines agrees with the definition, whatever lies in the padding",
        arguments: [1, 2],
        [Float(1), .infinity, .nan]
    )
    func lines(stride: Int, special: Float) {
        for (taps, dilation) in [
            (2, 1), (3, 1), (4, 3), (7, 1), (16, 1), (17, 1), (18, 1), (31, 1), (33, 1), (49, 2), (129, 1),
        ] {
            let reach = (taps - 1) * dilation
            for (width, begin) in [
                (1, reach), (15, reach / 2), (100, reach / 2), (128, 0), (300, reach), (1000, reach / 2),
            ] {
                for height in [1, 5] where height == 1 || width < 200 {
                    expectAgreement(
                        ConvolutionGeometry(
                            groups: 3,
                            channels: 1,
                            to: 1,
                            input: Spatial(height, width),
                            kernel: Spatial(1, taps),
                            stride: Spatial(1, stride),
                            dilation: Spatial(1, dilation),
                            begin: .pad(height / 2, begin),
                            end: .pad(0, reach - begin)
                        ),
                        algorithms: [.depthwise],
                        seed: UInt64(width * 100 + taps)
                    ) { input, _ in
                        input[input.count / 3] = special
                    }
                }
            }
        }
    }

    @Test(
        "of seven by seven by filtering down the columns agrees with the definition, and spoils what it should",
        arguments: [17, 28, 36, 37, 40, 56, 81, 163],
        [Float(1), .infinity, .nan, 3e38]
    )
    func filteredPlanes(width: Int, special: Float) {
        for (height, begin, end) in [(8, 3, 3), (13, 6, 1), (28, 0, 3), (31, 3, 6)] where width < 60 || height < 20 {
            let geometry = ConvolutionGeometry(
                batch: 2,
                groups: width > 36 ? 2 : 15 + height % 5,
                channels: 1,
                to: 1,
                input: Spatial(height + 6 - begin - end, width + 6 - begin - end),
                kernel: Spatial(7, 7),
                begin: .pad(begin, begin),
                end: .pad(end, end)
            )
            expectAgreement(geometry, algorithms: [.winogradRows], seed: UInt64(width * 100 + height)) { input, _ in
                input[input.count / 3] = special
            }
        }
    }

    @Test("of seven by seven is filtered where registers are many, and not when every product is asked for")
    func filtering() {
        let geometry = ConvolutionGeometry(
            groups: 96,
            channels: 1,
            to: 1,
            input: Spatial(56, 56),
            kernel: Spatial(7, 7),
            begin: .pad(3, 3),
            end: .pad(3, 3)
        )
        for kernels in KernelSet.supported {
            func chosen(_ request: AlgorithmRequest, _ use: WeightUse) -> ConvolutionAlgorithm {
                PreparedConvolution.algorithm(
                    for: geometry,
                    request: request,
                    use: use,
                    kernels: kernels,
                    blocking: .standard
                )
            }
            let wanted = kernels.lanes == 16 ? ConvolutionAlgorithm.winogradRows : .depthwise
            #expect(chosen(.auto, .once) == wanted)
            #expect(chosen(.auto, .often) == wanted)
            #expect(chosen(.direct, .often) == .depthwise)
        }
    }
}
