import ConvolutionEngine
import TestSupport
import Testing

/// Numbers from PyTorch 2.13 and ONNX Runtime 1.32 unless a test says that it checks a law.
@Suite struct PoolingTests {
    @Test func tiesTakeTheFirstIndex() throws {
        let found = try run(.pooling(maximum(2)), tensor([1, 2, 2], [5, 5, 5, 5]))
        #expect(found.output.array == [5])
        #expect(found.indices?.values == [0])
    }

    @Test func notANumberWins() throws {
        let found = try run(.pooling(maximum(2)), tensor([1, 2, 2], [1, .nan, 7, .infinity]))
        #expect(found.output.array[0].isNaN)
        #expect(found.indices?.values == [1])
    }

    @Test func paddingIsNeverTheMaximum() throws {
        var layer = maximum(3)
        layer.padding = padding(2)
        layer.stride = both(3)
        let found = try run(.pooling(layer), tensor([1, 2, 2], [-1, -2, -3, -.infinity]))
        #expect(found.output.array == [-1, -2, -3, -.infinity])
    }

    @Test func indicesCountWithinTheUnpaddedPlane() throws {
        var layer = maximum(2)
        layer.padding = padding(1)
        let found = try run(.pooling(layer), counting(1, 2, 2, 2))
        #expect(found.output.array == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(found.indices?.values == [0, 1, 2, 3, 0, 1, 2, 3])
    }

    @Test(arguments: [(Padding.same, [2, 4, 5] as [Float]), (.sameLower, [1, 3, 5]), (.valid, [2, 4])])
    func samePadding(_ padding: Padding, _ expected: [Float]) throws {
        var layer = Pooling(spatialRank: 1, reduction: .maximum(returnsIndices: false), kernelSize: width(2))
        layer.padding = padding
        #expect(try elements(.pooling(layer), counting(5)) == expected)
    }

    struct AverageCase: Sendable {
        var padding: Int
        var ceilMode: Bool
        var countsPadding: Bool
        var divisor: Int?
        var expected: [Float]

        init(_ padding: Int, ceil: Bool, counts: Bool, divisor: Int? = nil, _ expected: [Float]) {
            (self.padding, ceilMode, countsPadding, self.divisor) = (padding, ceil, counts, divisor)
            self.expected = expected
        }
    }

    /// Of 1 to 16 as 4×4, kernel 3, stride 2.
    @Test(arguments: [
        AverageCase(1, ceil: false, counts: true, [1.5555556, 3.3333333, 6.3333333, 11]),
        AverageCase(1, ceil: true, counts: true, [1.5555556, 3.3333333, 2, 6.3333333, 11, 6, 4.5, 7.5, 4]),
        AverageCase(1, ceil: true, counts: false, [3.5, 5, 6, 9.5, 11, 12, 13.5, 15, 16]),
        AverageCase(0, ceil: true, counts: true, [6, 7.5, 12, 13.5]),
        AverageCase(0, ceil: true, counts: true, divisor: 1, [54, 45, 72, 54]),
    ])
    func averageDivisors(_ example: AverageCase) throws {
        let reduction = Pooling.Reduction.average(
            countsPadding: example.countsPadding,
            divisorOverride: example.divisor
        )
        var layer = Pooling(spatialRank: 2, reduction: reduction, kernelSize: both(3))
        layer.stride = both(2)
        layer.padding = padding(example.padding)
        layer.ceilMode = example.ceilMode
        #expect(agree(try elements(.pooling(layer), counting(4, 4)), example.expected))
    }

    @Test func normPoolingTakesOnlyTheCellsInside() throws {
        var layer = Pooling(spatialRank: 1, reduction: .norm(p: 2), kernelSize: width(2))
        layer.ceilMode = true
        #expect(agree(try elements(.pooling(layer), counting(5)), [2.236068, 5, 5]))
        layer.reduction = .norm(p: 1)
        #expect(try elements(.pooling(layer), tensor([4], [-1, 2, -3, -4])) == [3, 7])
    }

    /// Expected: numpy in long double, the largest cell drawn out of the sum.
    @Test(arguments: [
        (Float(1e4), 100.0, Float(10069.556)), (1e-30, 20, 1.0352649e-30), (5, 1e9, 5), (3e38, 8, 3.2715233e38),
        (0, 20, 0), (.infinity, 20, .infinity),
    ])
    func normPoolingHoldsPowersThatADoubleDoesNot(cell: Float, p: Double, expected: Float) throws {
        let layer = Pooling(spatialRank: 1, reduction: .norm(p: p), kernelSize: width(2))
        let found = try #require(try elements(.pooling(layer), tensor([2], [cell, -cell])).first)
        // Relative: the smallest of them is far below any absolute tolerance.
        #expect(found == expected || abs(found / expected - 1) < 1e-6, "\(found)")
    }

    @Test func adaptiveWindowsMayOverlap() throws {
        let average = { AdaptivePooling(spatialRank: 1, reduction: .average, outputSize: [$0]) }
        #expect(try elements(.adaptivePooling(average(3)), counting(10)) == [2.5, 5.5, 8.5])
        #expect(try elements(.adaptivePooling(average(4)), counting(10)) == [2, 4, 7, 9])
        #expect(try elements(.adaptivePooling(average(5)), counting(3)) == [1, 1.5, 2, 2.5, 3])
        #expect(try elements(.adaptivePooling(average(nil)), counting(3)) == [1, 2, 3])
        let maximum = AdaptivePooling(spatialRank: 1, reduction: .maximum(returnsIndices: true), outputSize: [4])
        let found = try run(.adaptivePooling(maximum), counting(10))
        #expect(found.output.array == [3, 5, 8, 10])
        #expect(found.indices?.values == [2, 4, 7, 9])
    }

    @Test(arguments: 0..<8)
    func unpoolingPutsMaximaBackWhereTheyWere(_ seed: UInt64) throws {
        var source = SeededRandom(seed: seed)
        let input = try random([2, 3, 6, 8], &source)
        let pooled = try run(.pooling(maximum(2)), input)
        let unpooling = Unpooling(spatialRank: 2, indices: pooled.indices, kernelSize: both(2))
        let restored = try run(.unpooling(unpooling), pooled.output).output
        #expect(restored.shape == input.shape)
        let again = try run(.pooling(maximum(2)), restored)
        // A maximum below zero loses against the zeros beside it.
        #expect(again.output.array == pooled.output.array.map { max($0, 0) })
        #expect(zip(restored.array, input.array).allSatisfy { $0 == $1 || $0 == 0 })
    }

    @Test func anIndexOutsideThePlaneIsFoundBeforeTheRun() throws {
        let indices = try #require(IndexTensor(shape: try shape(4), values: [0, 2, 8, 6]))
        let error = try planningError(
            .unpooling(Unpooling(spatialRank: 1, indices: indices, kernelSize: width(2))),
            4
        )
        #expect(error.reason == .indexOutOfPlane(index: 8, position: 2, planeSize: 8))
        #expect(error.parameter == "indices")
    }

    @Test(arguments: [(6, false), (7, true), (8, true), (9, true), (10, false)])
    func anUnpooledSizeLiesWithinAStrideOfTheDefault(_ size: Int, _ isAllowed: Bool) throws {
        let indices = try #require(IndexTensor(shape: try shape(4), values: [0, 2, 4, 6]))
        var layer = Unpooling(spatialRank: 1, indices: indices, kernelSize: width(2))
        layer.outputSize = width(size)
        if isAllowed {
            #expect(try run(.unpooling(layer), counting(4)).output.shape == (try shape(size)))
        } else {
            let error = try planningError(.unpooling(layer), 4)
            #expect(error.reason == .outputSize(found: size, minimum: 7, maximum: 9, axis: 2))
        }
    }

    @Test func anEmptyBatchGivesAnEmptyResult() throws {
        let found = try run(.pooling(maximum(2)), tensor([0, 3, 4, 4], []))
        #expect(found.output.shape == (try shape(0, 3, 2, 2)))
        #expect(found.indices?.shape == (try shape(0, 3, 2, 2)))
    }

    private func maximum(_ size: Int) -> Pooling {
        Pooling(spatialRank: 2, reduction: .maximum(returnsIndices: true), kernelSize: both(size))
    }
}
