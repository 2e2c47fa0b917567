import TestSupport
import Testing

@testable import ConvolutionEngine

@Suite("Pooling of planes of 1 to 40 columns agrees with the definition")
struct KernelNarrowPoolingTests {
    /// Size, stride and padding of square windows, one for each way in which the kernels take rows.
    private static let windows = [
        (2, 2, 0), (3, 2, 1), (3, 1, 1), (5, 1, 2), (2, 1, 0), (3, 3, 0), (4, 4, 0), (7, 7, 0), (5, 3, 2), (7, 2, 3),
    ]

    /// Rows of every width, in planes of few rows; of widths about a vector's also in 33 planes.
    private static func geometries(columns width: Int) -> [PoolingGeometry] {
        var list: [PoolingGeometry] = []
        for (size, step, padding) in windows where width + 2 * padding >= size {
            for planes in width < 18 ? [1, 2, 33] : [2] {
                for height in [size, 7] where height + 2 * padding >= size {
                    let geometry = PoolingGeometry(
                        planes: planes,
                        input: Spatial(height, width),
                        kernel: Spatial(size, size),
                        stride: Spatial(step, step),
                        begin: .pad(padding, padding),
                        overhang: width % 2 * (step - 1)
                    )
                    if geometry.outputCount > 0 { list.append(geometry) }
                }
            }
        }
        return list
    }

    /// Numbers of which many are equal, with or without some that are not numbers.
    private func elements(_ geometry: PoolingGeometry, hasNaN: Bool) -> [Float] {
        var random = SeededRandom(seed: UInt64(geometry.input.width))
        var elements = random.floats(geometry.inputCount).map { ($0 * 4).rounded() / 4 }
        for place in elements.indices where place % 7 == 3 { elements[place] = -.infinity }
        if hasNaN { elements[elements.count / 2] = .nan }
        return elements
    }

    @Test("for maxima and their places, on every instruction set", arguments: 1...40)
    func maximum(columns: Int) {
        for geometry in KernelNarrowPoolingTests.geometries(columns: columns) {
            for hasNaN in [false, true] { expectMaxima(geometry, input: elements(geometry, hasNaN: hasNaN)) }
        }
    }

    @Test("for averages with and without padding, on every instruction set", arguments: 1...40)
    func average(columns: Int) {
        for geometry in KernelNarrowPoolingTests.geometries(columns: columns) {
            var random = SeededRandom(seed: UInt64(columns))
            let input = random.floats(geometry.inputCount)
            for countsPadding in [true, false] { expectMeans(geometry, input: input, countsPadding: countsPadding) }
        }
    }
}
