import TestSupport
import Testing

@testable import ConvolutionEngine

/// Pools by every instruction set of this machine, buffers against unmapped pages, and compares maxima, alone and with their
/// places, with the definition.
func expectMaxima(_ geometry: PoolingGeometry, input: [Float], sourceLocation: SourceLocation = #_sourceLocation) {
    let (values, places) = PoolingOracle(geometry: geometry, input: input).maxima()
    for kernels in KernelSet.supported {
        for edge in GuardedFloats.Edge.allCases {
            let source = GuardedFloats(input, edge: edge)
            let target = GuardedFloats(count: values.count, edge: edge, filledWith: 99)
            PoolingAlgorithms.maximum(
                geometry,
                input: source.pointer,
                output: target.pointer,
                team: .shared,
                kernels: kernels
            )
            let isRight = target.elements.elementsEqual(values, by: isSame)
            #expect(isRight, "\(kernels.name), \(geometry)", sourceLocation: sourceLocation)
            let found = GuardedFloats(count: values.count, edge: edge, filledWith: 99)
            let indices = GuardedPlaces(count: values.count, edge: edge)
            PoolingAlgorithms.maximum(
                geometry,
                input: source.pointer,
                output: found.pointer,
                indices: indices.pointer,
                team: .shared,
                kernels: kernels
            )
            let isRightToo = found.elements.elementsEqual(values, by: isSame)
            #expect(isRightToo, "\(kernels.name), \(geometry)", sourceLocation: sourceLocation)
            #expect(indices.elements == places, "\(kernels.name), \(geometry)", sourceLocation: sourceLocation)
        }
    }
}

/// The same for averages, where every addition and the division err by half a unit of at most the window's size.
func expectMeans(
    _ geometry: PoolingGeometry,
    input: [Float],
    countsPadding: Bool,
    override: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let means = PoolingOracle(geometry: geometry, input: input).means(countsPadding: countsPadding, override: override)
    let divisors = AverageDivisors(geometry, countsPadding: countsPadding, override: override)
    let cells = Double(geometry.kernel.depth * geometry.kernel.height * geometry.kernel.width)
    for kernels in KernelSet.supported {
        for edge in GuardedFloats.Edge.allCases {
            let source = GuardedFloats(input, edge: edge)
            let target = GuardedFloats(count: means.count, edge: edge, filledWith: .nan)
            PoolingAlgorithms.average(
                geometry,
                divisors: divisors,
                input: source.pointer,
                output: target.pointer,
                team: .shared,
                kernels: kernels
            )
            let isWrong = zip(target.elements, means).contains { !(abs(Double($0) - $1) <= cells * 0x1p-23) }
            #expect(
                !isWrong,
                "\(kernels.name), \(geometry), \(countsPadding), \(String(describing: override))",
                sourceLocation: sourceLocation
            )
        }
    }
}
