import ConvolutionEngine
import TestSupport
import Testing

/// Numbers from PyTorch 2.13 unless a test says that it checks a law.
@Suite struct RearrangementTests {
    @Test func linear() throws {
        var layer = Linear(weight: .tensor(try tensor([2, 3], [1, 0, -1, 2, 3, 4])))
        layer.bias = try tensor([2], [10, 20])
        #expect(try elements(.linear(layer), counting(2, 3)) == [8, 40, 8, 67])
        #expect(try run(.linear(layer), counting(3)).output.shape == (try shape(2)))
    }

    @Test func flattenJoinsAxes() throws {
        let input = try counting(2, 3, 4)
        #expect(try run(.flatten(Flatten()), input).output.shape == (try shape(2, 12)))
        var layer = Flatten()
        (layer.startAxis, layer.endAxis) = (0, 1)
        #expect(try run(.flatten(layer), input).output.shape == (try shape(6, 4)))
        (layer.startAxis, layer.endAxis) = (2, 1)
        #expect(try planningError(.flatten(layer), 2, 3, 4).reason == .axisOrder(start: 2, end: 1))
        #expect(try planningError(.flatten(Flatten()), 4).reason == .axis(found: 1, rank: 1))
    }

    @Test func reshapeKeepsTheElements() throws {
        let input = try counting(2, 3, 4)
        let found = try run(.reshape(Reshape(extents: [4, -1, 2])), input).output
        #expect(found.shape == (try shape(4, 3, 2)))
        #expect(found.array == input.array)
        for extents in [[5, -1], [-1, -1], [23], [0, -1], [2, 3, 4, 2]] {
            let error = try planningError(.reshape(Reshape(extents: extents)), 2, 3, 4)
            #expect(error.reason == .reshape(input: input.shape, shape: extents))
            #expect(error.parameter == "shape")
        }
        #expect(
            try planningError(.reshape(Reshape(extents: [-2])), 2).reason
                == .tooSmall(found: -2, minimum: -1, axis: nil)
        )
    }

    @Test func scaleBroadcastsOverTheInputAndNoFurther() throws {
        let layer = Scale(weight: try tensor([2, 1], [10, 100]), bias: try tensor([3], [1, 2, 3]))
        #expect(try elements(.scale(layer), counting(2, 3)) == [11, 22, 33, 401, 502, 603])
        #expect(try elements(.scale(Scale(weight: nil, bias: nil)), counting(2)) == [1, 2])
        let wide = Scale(weight: nil, bias: try counting(2, 3))
        let error = try planningError(.scale(wide), 1, 3)
        #expect(error.reason == .broadcastOver(try shape(2, 3), input: try shape(1, 3)))
        #expect(error.parameter == "bias")
        #expect(try planningError(.scale(wide), 3).reason == .broadcastOver(try shape(2, 3), input: try shape(3)))
    }

    @Test func padAddsAndCuts() throws {
        var layer = Pad(amounts: [[-1, 2]])
        layer.value = 9
        #expect(try elements(.pad(layer), counting(2, 3)) == [2, 3, 9, 9, 5, 6, 9, 9])
        var mirrored = Pad(amounts: [[2, 0], [1, 1]])
        mirrored.mode = .reflect
        let expected: [Float] = [8, 7, 8, 9, 8, 5, 4, 5, 6, 5, 2, 1, 2, 3, 2, 5, 4, 5, 6, 5, 8, 7, 8, 9, 8]
        #expect(try elements(.pad(mirrored), counting(1, 3, 3)) == expected)
    }

    @Test func unfoldLaysBlocksInColumns() throws {
        var layer = Unfold(kernelSize: both(2))
        layer.padding = padding(1)
        layer.stride = both(2)
        let found = try run(.unfold(layer), counting(1, 1, 3, 3)).output
        #expect(found.array == [0, 0, 0, 5, 0, 0, 4, 6, 0, 2, 0, 8, 1, 3, 7, 9])
        #expect(found.shape == (try shape(1, 4, 4)))
    }

    @Test func foldSumsWhatOverlaps() throws {
        let columns = try run(.unfold(Unfold(kernelSize: both(2))), tensor([1, 3, 3], Array(repeating: 1, count: 9)))
        let folded = try run(.fold(Fold(outputSize: both(3), kernelSize: both(2))), columns.output).output
        #expect(folded.array == [1, 2, 1, 2, 4, 2, 1, 2, 1])
        #expect(folded.shape == (try shape(1, 3, 3)))
    }

    /// ⟨unfold(x), y⟩ = ⟨x, fold(y)⟩
    @Test(arguments: 0..<12)
    func foldIsTheAdjointOfUnfold(_ seed: UInt64) throws {
        var source = SeededRandom(seed: seed)
        var unfold = Unfold(kernelSize: Spatial(trailing: [3, 2], neutral: 1))
        unfold.stride = Spatial(trailing: [Int.random(in: 1...3, using: &source), 2], neutral: 1)
        unfold.padding = padding(Int.random(in: 0...2, using: &source))
        unfold.dilation = Spatial(trailing: [1, Int.random(in: 1...3, using: &source)], neutral: 1)
        var fold = Fold(outputSize: Spatial(trailing: [7, 8], neutral: 1), kernelSize: unfold.kernelSize)
        (fold.stride, fold.padding, fold.dilation) = (unfold.stride, unfold.padding, unfold.dilation)
        let x = try random([2, 3, 7, 8], &source)
        let columns = try run(.unfold(unfold), x).output
        let y = try random(Array(columns.shape), &source)
        let folded = try run(.fold(fold), y).output
        let left = zip(columns.array, y.array).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let right = zip(x.array, folded.array).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(left - right) < 1e-3, "seed \(seed)")
    }

    @Test func nearestTakesTheScaleAsGiven() throws {
        #expect(try elements(.upsample(Upsample(target: .scale([1.7]))), counting(1, 1, 3)) == [1, 1, 2, 2, 3])
        #expect(try elements(.upsample(Upsample(target: .size([3]))), counting(1, 1, 5)) == [1, 2, 4])
        // PyTorch copies an axis of a picture whose rounded extent stays.
        #expect(
            try elements(.upsample(Upsample(target: .scale([1, 1.3]))), counting(1, 1, 1, 3)) == [1, 2, 3]
        )
    }

    @Test func cornersAreAlignedOnlyWhereCellsAreBlended() throws {
        var layer = Upsample(target: .size([1, 4]))
        (layer.mode, layer.alignsCorners) = (.bilinear, true)
        #expect(try elements(.upsample(layer), tensor([1, 1, 2, 2], [0, 3, 9, 9])) == [0, 1, 2, 3])
        layer.mode = .nearest
        #expect(try planningError(.upsample(layer), 1, 1, 2, 2).reason == .cornersOfNearest)
    }

    @Test func bilinearBlendsTheFourNearest() throws {
        var layer = Upsample(target: .size([3, 4]))
        layer.mode = .bilinear
        let found = try elements(.upsample(layer), tensor([1, 1, 2, 2], [0, 1, 2, 3]))
        #expect(agree(found, [0, 0.25, 0.75, 1, 1, 1.25, 1.75, 2, 2, 2.25, 2.75, 3]))
    }
}
