import ConvolutionEngine
import TestSupport
import Testing

/// Numbers from PyTorch 2.13 and ONNX Runtime 1.32 unless a test says that it checks a law.
@Suite struct ConvolutionTests {
    @Test func theKernelIsNotFlipped() throws {
        let layer = Convolution(spatialRank: 2, weight: .tensor(try tensor([2, 2], [0, 1, 2, 3])))
        let result = try run(.convolution(layer), counting(3, 3))
        #expect(result.output.array == [25, 31, 43, 49])
        #expect(result.output.shape == (try shape(2, 2)))
    }

    @Test(arguments: [
        (Padding.same, 1, [3210, 4321, 5432, 543, 54] as [Float]), (.same, 2, [3210, 5432, 54]),
        (.sameLower, 2, [2100, 4321, 543]), (.valid, 1, [4321, 5432]),
    ])
    func samePaddingPutsTheOddCellWhereItIsTold(_ padding: Padding, _ stride: Int, _ expected: [Float]) throws {
        var layer = Convolution(spatialRank: 1, weight: .tensor(try tensor([4], [1, 10, 100, 1000])))
        layer.padding = padding
        layer.stride = width(stride)
        #expect(try elements(.convolution(layer), counting(5)) == expected)
    }

    @Test func unevenPaddingIsTakenAsItIs() throws {
        var layer = Convolution(spatialRank: 1, weight: .tensor(try tensor([2], [1, 10])))
        layer.padding = .explicit(begin: width(2, neutral: 0), end: width(1, neutral: 0))
        #expect(try elements(.convolution(layer), counting(3)) == [0, 10, 21, 32, 3])
    }

    @Test(arguments: [
        (PaddingMode.reflect, [3, 2, 1, 2, 3, 2, 1] as [Float]), (.circular, [2, 3, 1, 2, 3, 1, 2]),
        (.replicate, [1, 1, 1, 2, 3, 3, 3]), (.zeros, [0, 0, 1, 2, 3, 0, 0]),
    ])
    func paddingModes(_ mode: PaddingMode, _ expected: [Float]) throws {
        var layer = Convolution(spatialRank: 1, weight: .tensor(try tensor([1], [1])))
        layer.padding = padding(2, axes: 1)
        layer.paddingMode = mode
        #expect(try elements(.convolution(layer), counting(3)) == expected)
    }

    @Test func groupsDilationAndBias() throws {
        var layer = Convolution(spatialRank: 2, weight: .tensor(try counting(4, 1, 2, 2)))
        layer.groups = 2
        layer.dilation = both(2)
        layer.bias = try tensor([4], [0, 100, 200, 300])
        // torch.nn.functional.conv2d, dilation=2, groups=2
        let expected: [Float] = [78, 88, 118, 128, 274, 300, 378, 404, 1142, 1184, 1310, 1352, 1594, 1652, 1826, 1884]
        #expect(try elements(.convolution(layer), counting(1, 2, 4, 4)) == expected)
    }

    @Test func paddingIsSkippedAndNotMultiplied() throws {
        var layer = Convolution(spatialRank: 1, weight: .tensor(try tensor([3], [.infinity, 1, .nan])))
        layer.padding = padding(1, axes: 1)
        // The first output has no cell under ∞, the last none under NaN.
        let found = try elements(.convolution(layer), counting(2))
        #expect(found[0].isNaN && found[1] == .infinity)
    }

    @Test func aNamedKernelGoesOverEachChannelByItself() throws {
        let layer = Convolution(spatialRank: 2, weight: .named(.sobelX))
        let found = try run(.convolution(layer), counting(1, 2, 3, 3))
        #expect(found.output.array == [8, 8])
        #expect(found.output.shape == (try shape(1, 2, 1, 1)))
    }

    @Test(arguments: 0..<12)
    func convolutionIsLinear(_ seed: UInt64) throws {
        var source = SeededRandom(seed: seed)
        let layer = try randomLayer(&source)
        let (x, y) = (try random([2, 4, 6, 7], &source), try random([2, 4, 6, 7], &source))
        let sum = try tensor([2, 4, 6, 7], zip(x.array, y.array).map { 2 * $0 + $1 })
        let parts = zip(try elements(.convolution(layer), x), try elements(.convolution(layer), y)).map { 2 * $0 + $1 }
        #expect(agree(try elements(.convolution(layer), sum), parts, tolerance: 1e-5), "seed \(seed)")
    }

    @Test(arguments: 0..<12)
    func convolutionIsUnfoldThenAMatrix(_ seed: UInt64) throws {
        var source = SeededRandom(seed: seed)
        var layer = try randomLayer(&source)
        layer.groups = 1
        let kernels = try random([3, 4, 3, 2], &source)
        layer.weight = .tensor(kernels)
        let input = try random([1, 4, 6, 7], &source)
        var unfold = Unfold(kernelSize: Spatial(trailing: [3, 2], neutral: 1))
        (unfold.stride, unfold.padding, unfold.dilation) = (layer.stride, layer.padding, layer.dilation)
        let columns = try run(.unfold(unfold), input).output
        let blocks = columns.shape[2]
        let (matrix, cells) = (kernels.array, columns.array)
        var expected: [Float] = []
        for row in 0..<3 {
            for block in 0..<blocks {
                expected.append((0..<24).reduce(0) { $0 + matrix[row * 24 + $1] * cells[$1 * blocks + block] })
            }
        }
        #expect(agree(try elements(.convolution(layer), input), expected, tolerance: 1e-5), "seed \(seed)")
    }

    private func randomLayer(_ source: inout SeededRandom) throws -> Convolution {
        let groups = [1, 2, 4].randomElement(using: &source) ?? 1
        var layer = Convolution(spatialRank: 2, weight: .tensor(try random([4, 4 / groups, 3, 2], &source)))
        layer.groups = groups
        layer.stride = Spatial(trailing: [Int.random(in: 1...3, using: &source), 2], neutral: 1)
        layer.dilation = Spatial(trailing: [1, Int.random(in: 1...2, using: &source)], neutral: 1)
        layer.padding = padding(Int.random(in: 0...2, using: &source))
        return layer
    }
}
