import TestSupport
import Testing

@testable import ConvolutionEngine

/// Runs one geometry on every instruction set of this machine, the input and output against unmapped pages, and
/// compares with the definition.
private func expectAgreement(
    _ geometry: ConvolutionGeometry,
    algorithm: ConvolutionAlgorithm? = nil,
    seed: UInt64 = 7,
    change: (inout [Float], inout [Float]) -> Void = { _, _ in },
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var random = SeededRandom(seed: seed)
    var input = random.floats(geometry.inputCount), weight = random.floats(geometry.weightCount)
    change(&input, &weight)
    let bias = random.floats(geometry.groups * geometry.outputChannels)
    let oracle = ConvolutionOracle(geometry, input: input, weight: weight, bias: bias)
    let tensor = Tensor(shape: Shape(checking: [weight.count])!, elements: weight)!
    for kernels in KernelSet.supported {
        let prepared = PreparedConvolution.prepare(
            geometry,
            weight: tensor,
            request: .auto,
            kernels: kernels,
            blocking: .standard
        )
        if let algorithm { #expect(prepared.algorithm == algorithm, sourceLocation: sourceLocation) }
        for edge in GuardedFloats.Edge.allCases {
            let source = GuardedFloats(input, edge: edge)
            let target = GuardedFloats(count: geometry.outputCount, edge: edge, filledWith: .signalingNaN)
            prepared.run(input: source.pointer, bias: bias, output: target.pointer, team: .shared)
            let problem = oracle.firstDisagreement(target.elements, depth: geometry.termCount)
            #expect(
                problem == nil,
                "\(kernels.name), \(prepared.algorithm.name), \(geometry), seed \(seed)",
                sourceLocation: sourceLocation
            )
        }
    }
}

@Suite("Convolution algorithms agree with the definition")
struct AlgorithmTests {
    @Test("for every width up to 70 and heights up to 20, 3×3", arguments: 1...70)
    func everyWidth(width: Int) {
        for height in [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 20] {
            expectAgreement(
                ConvolutionGeometry(
                    channels: 2,
                    to: 9,
                    input: Spatial(height, width),
                    kernel: Spatial(3, 3),
                    begin: .pad(1, 1)
                )
            )
            expectAgreement(
                ConvolutionGeometry(
                    groups: 2,
                    channels: 1,
                    to: 1,
                    input: Spatial(height, width),
                    kernel: Spatial(3, 3),
                    begin: .pad(1, 1)
                )
            )
        }
    }

    @Test("for numbers of channels around the tile's height", arguments: [1, 2, 3, 7, 8, 9, 15, 16, 17, 33])
    func channelCounts(channels: Int) {
        for outputs in [1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 33] {
            for (height, width) in [(1, 1), (3, 5), (7, 7), (6, 9)] {
                let input = Spatial(height, width)
                expectAgreement(
                    ConvolutionGeometry(channels: channels, to: outputs, input: input, kernel: Spatial(1, 1))
                )
                expectAgreement(
                    ConvolutionGeometry(
                        channels: channels,
                        to: outputs,
                        input: input,
                        kernel: Spatial(3, 3),
                        begin: .pad(1, 1)
                    )
                )
            }
        }
    }

    @Test("for strides, dilations and asymmetric padding", arguments: [1, 2, 3, 4, 5])
    func windows(stride: Int) {
        for dilation in 1...3 {
            for size in [1, 2, 3, 5, 7] {
                for (begin, end) in [(0, 0), (1, 0), (0, 2), (3, 1)] {
                    let reach = (size - 1) * dilation + 1
                    for extra in [0, 1, 17, 40] where reach + extra > begin + end {
                        let input = Spatial(reach + extra - begin - end, reach + extra - begin - end + 3)
                        for (groups, channels, outputs) in [(1, 3, 5), (3, 1, 1), (2, 4, 2)] {
                            expectAgreement(
                                ConvolutionGeometry(
                                    groups: groups,
                                    channels: channels,
                                    to: outputs,
                                    input: input,
                                    kernel: Spatial(size, size),
                                    stride: Spatial(repeating: stride),
                                    dilation: Spatial(repeating: dilation),
                                    begin: .pad(begin, begin),
                                    end: .pad(end, end)
                                ),
                                seed: UInt64(stride * 1000 + dilation * 100 + size * 10 + extra)
                            )
                        }
                    }
                }
            }
        }
    }

    @Test("for depths of the sum around a chunk's end", arguments: [191, 192, 193, 383, 384, 385, 577])
    func depths(depth: Int) {
        expectAgreement(
            ConvolutionGeometry(channels: depth, to: 11, input: Spatial(5, 11), kernel: Spatial(1, 1))
        )
        expectAgreement(
            ConvolutionGeometry(channels: depth, to: 3, input: Spatial(2, 6), kernel: Spatial(2, 2), begin: .pad(1, 0))
        )
    }
}
