import TestSupport
import Testing

@testable import ConvolutionEngine

/// Runs one geometry by every algorithm that applies to it, with every scheme that it has for it, on every instruction set of
/// this machine, the input and output against unmapped pages, and compares with the definition.
func expectAgreement(
    _ geometry: ConvolutionGeometry,
    blocking: Blocking = .standard,
    algorithms: [ConvolutionAlgorithm] = ConvolutionAlgorithm.allCases,
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
    // Which end of the buffers is guarded alternates from case to case.
    let edge = random.next() & 1 == 0 ? GuardedFloats.Edge.front : .back
    let source = GuardedFloats(input, edge: edge)
    let target = GuardedFloats(count: geometry.outputCount, edge: edge)
    for kernels in KernelSet.supported {
        for algorithm in algorithms
        where PreparedConvolution.applies(algorithm, to: geometry, kernels: kernels) {
            let prepared = PreparedConvolution.prepare(
                geometry,
                weight: tensor,
                algorithm: algorithm,
                kernels: kernels,
                blocking: blocking
            )
            let schemes = prepared.algorithm == .winograd ? WinogradScheme.all(for: geometry) : []
            let plans = schemes.compactMap { WinogradPlan(geometry, $0, kernels: kernels) }
            let runs: [(executor: any ConvolutionExecutor, normwise: Double?)] =
                switch prepared.algorithm {
                case .winograd:
                    plans.map {
                        let executor = WinogradConvolution($0, weight: tensor, kernels: kernels, blocking: blocking)
                        return (executor, $0.scheme.errorBound)
                    }
                case .winogradRows: [(prepared.executor, WinogradRowsPlan.errorBound)]
                default: [(prepared.executor, nil)]
                }
            let chunks = blocking.chunks(of: geometry.termCount)
            let additions =
                switch prepared.algorithm {
                case .direct, .pointwise, .window: (chunks.map(\.count).max() ?? 0) + chunks.count
                case .plain, .depthwise, .winograd, .winogradRows: geometry.termCount
                }
            for (index, run) in runs.enumerated() where geometry.outputCount > 0 {
                target.pointer.update(repeating: .signalingNaN, count: target.count)
                run.executor.run(input: source.pointer, bias: bias, output: target.pointer, team: .shared)
                let found = UnsafeBufferPointer(start: target.pointer, count: target.count)
                let problem = oracle.firstDisagreement(found, additions: additions, normwise: run.normwise)
                #expect(
                    problem == nil,
                    "\(kernels.name), \(algorithm.name) \(index), \(geometry), seed \(seed), \(edge)",
                    sourceLocation: sourceLocation
                )
            }
        }
    }
}

@Suite("Convolution algorithms agree with the definition")
struct AlgorithmTests {
    @Test("for every width up to 70 and heights up to 20, 3×3", arguments: 1...70)
    func everyWidth(width: Int) {
        for height in width % 7 == 0 ? Array(1...20) : [1 + width % 20, 8] {
            expectAgreement(
                ConvolutionGeometry(
                    channels: 2,
                    to: 3 + width % 8,
                    input: Spatial(height, width),
                    kernel: Spatial(3, 3),
                    begin: .pad(1, 1)
                )
            )
            expectAgreement(
                ConvolutionGeometry(
                    groups: 1,
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
            for (height, width) in channels + outputs < 12 ? [(1, 1), (3, 5), (7, 7), (6, 9)] : [(3, 6)] {
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

    @Test("for a pixel or a few more than a register tile's, over several chunks of channels", arguments: 47...57)
    func leftoverPixels(width: Int) {
        for outputs in [8, 21] {
            expectAgreement(
                ConvolutionGeometry(channels: 200, to: outputs, input: Spatial(1, width), kernel: Spatial(1, 1)),
                algorithms: [.pointwise]
            )
        }
    }

    @Test("for strides, dilations and asymmetric padding", arguments: [1, 2, 3, 4, 5])
    func windows(stride: Int) {
        let paddings = [(0, 0), (1, 0), (0, 2), (3, 1), (2, 2)]
        var number = 0
        for dilation in 1...3 {
            for size in [1, 2, 3, 5, 7] {
                for extra in [0, 1, 17 + size] {
                    for (groups, channels, outputs) in [(1, 3, 5), (3, 1, 1), (2, 4, 2)] {
                        number += 1
                        let (begin, end) = paddings[number % paddings.count]
                        let extent = max(1, (size - 1) * dilation + 1 + extra - begin - end)
                        expectAgreement(
                            ConvolutionGeometry(
                                groups: groups,
                                channels: channels,
                                to: outputs,
                                input: Spatial(extent, extent + 3),
                                kernel: Spatial(size, size),
                                stride: Spatial(repeating: stride),
                                dilation: Spatial(repeating: dilation),
                                begin: .pad(begin, begin),
                                end: .pad(end, end)
                            ),
                            seed: UInt64(stride * 1000 + number)
                        )
                    }
                }
            }
        }
    }

    @Test("for numbers that differ from axis to axis, batches, one axis and three")
    func axes() {
        expectAgreement(
            ConvolutionGeometry(
                batch: 3,
                groups: 2,
                channels: 3,
                to: 4,
                input: Spatial(9, 23),
                kernel: Spatial(2, 5),
                stride: Spatial(2, 1),
                dilation: Spatial(3, 2),
                begin: .pad(1, 4),
                end: .pad(0, 2)
            )
        )
        for (channels, outputs, groups) in [(1, 1, 6), (1, 3, 2), (5, 9, 1)] {
            expectAgreement(
                ConvolutionGeometry(
                    batch: 2,
                    groups: groups,
                    channels: channels,
                    to: outputs,
                    input: Spatial(1, 133),
                    kernel: Spatial(1, 9),
                    begin: .pad(0, 4)
                )
            )
            expectAgreement(
                ConvolutionGeometry(
                    batch: 2,
                    groups: groups,
                    channels: channels,
                    to: outputs,
                    input: Spatial(6, 19, depth: 5),
                    kernel: Spatial(3, 3, depth: 3),
                    stride: Spatial(1, 2, depth: 2),
                    dilation: Spatial(1, 1, depth: 2),
                    begin: .pad(1, 1, depth: 2),
                    end: .pad(1, 1, depth: 1)
                )
            )
            // One kernel depth, yet outputs before and after the input.
            expectAgreement(
                ConvolutionGeometry(
                    groups: groups,
                    channels: channels,
                    to: outputs,
                    input: Spatial(6, 19, depth: 2),
                    kernel: Spatial(3, 3),
                    begin: .pad(1, 1, depth: 1)
                )
            )
        }
    }

    @Test("for bands and sums that do not hold the whole layer")
    func bands() {
        let small = Blocking(depth: 7, outputFloats: 1000, bandFloats: 2000)
        for (width, stride) in [(29, 1), (41, 1), (64, 2)] {
            expectAgreement(
                ConvolutionGeometry(
                    channels: 5,
                    to: 37,
                    input: Spatial(23, width),
                    kernel: Spatial(3, 3),
                    stride: Spatial(repeating: stride),
                    begin: .pad(1, 1)
                ),
                blocking: small
            )
        }
    }

    @Test("for depths of the sum around a chunk's end", arguments: [191, 192, 193, 383, 384, 385, 577, 4096])
    func depths(depth: Int) {
        expectAgreement(
            ConvolutionGeometry(channels: depth, to: 11, input: Spatial(5, 11), kernel: Spatial(1, 1))
        )
        expectAgreement(
            ConvolutionGeometry(channels: depth, to: 3, input: Spatial(2, 6), kernel: Spatial(2, 2), begin: .pad(1, 0))
        )
    }

    @Test("without losing what is small beside a large first product", arguments: [1, 3])
    func smallProducts(kernel: Int) {
        let geometry = ConvolutionGeometry(
            channels: 4096,
            to: 3,
            input: Spatial(kernel + 1, kernel + 18),
            kernel: Spatial(kernel, kernel)
        )
        expectAgreement(geometry, algorithms: [.direct, .pointwise, .window]) { input, weight in
            for index in input.indices { input[index] = 1 }
            // To 2²⁴ one cannot be added.
            for index in weight.indices { weight[index] = index % geometry.termCount == 0 ? 0x1p24 : 1 }
        }
    }
}

@Suite("Infinite and NaN elements")
struct AlgorithmNonfiniteTests {
    static let geometries = [
        ConvolutionGeometry(channels: 1, to: 1, input: Spatial(9, 40), kernel: Spatial(3, 3), begin: .pad(1, 1)),
        ConvolutionGeometry(channels: 1, to: 1, input: Spatial(9, 40), kernel: Spatial(2, 4), begin: .pad(1, 1)),
        ConvolutionGeometry(channels: 9, to: 11, input: Spatial(5, 11), kernel: Spatial(1, 1)),
        ConvolutionGeometry(channels: 3, to: 5, input: Spatial(9, 35), kernel: Spatial(3, 3), begin: .pad(1, 1)),
        ConvolutionGeometry(channels: 16, to: 20, input: Spatial(7, 7), kernel: Spatial(3, 3), begin: .pad(1, 1)),
    ]

    @Test("in the input reach exactly the outputs whose window holds them", arguments: geometries)
    func input(geometry: ConvolutionGeometry) {
        for place in [0, geometry.inputCount / 2, geometry.inputCount - 1] {
            for special in [Float.infinity, -.infinity, .nan] {
                expectAgreement(geometry) { input, _ in input[place] = special }
            }
        }
    }

    @Test("in the weights never meet padding", arguments: geometries)
    func weights(geometry: ConvolutionGeometry) {
        for place in [0, geometry.weightCount / 2, geometry.weightCount - 1] {
            for special in [Float.infinity, .nan] {
                expectAgreement(geometry) { _, weight in weight[place] = special }
            }
        }
    }
}
