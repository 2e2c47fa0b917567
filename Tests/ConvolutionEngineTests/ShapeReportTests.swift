import ConvolutionEngine
import Testing

/// What the engine says of a layer without data.
@Suite struct ShapeReportTests {
    @Test func theFormulaHasTheNumbersFilledIn() throws {
        var stem = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 64, kernelSize: both(7)))
        stem.stride = both(2)
        stem.padding = padding(3)
        let report = try #require(try reports([.convolution(stem)], 1, 3, 224, 224).first)
        #expect(report.formula?.text == "⌊(224 + 3 + 3 − 1·(7 − 1) − 1) / 2⌋ + 1 = 112")
        #expect(report.formula?.textbook == "(W − F + 2P)/S + 1 = ⌊(224 − 7 + 2·3)/2⌋ + 1 = 112")
        #expect(report.type == "conv2d")
    }

    @Test func theTextbookFormulaNeedsNoRoundingWhereItComesOutEven() throws {
        var layer = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 1, kernelSize: both(3)))
        layer.stride = both(2)
        let report = try #require(try reports([.convolution(layer)], 5, 5).first)
        #expect(report.formula?.textbook == "(W − F + 2P)/S + 1 = (5 − 3 + 2·0)/2 + 1 = 2")
    }

    @Test func axesThatDifferHaveFormulasOfTheirOwn() throws {
        let layer = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 1, kernelSize: both(3)))
        let formula = try #require(try reports([.convolution(layer)], 5, 7).first?.formula)
        #expect(
            formula.text == "height: ⌊(5 + 0 + 0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 3; "
                + "width: ⌊(7 + 0 + 0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 5"
        )
        #expect(formula.textbook == nil)
    }

    @Test func ceilModeAndItsDroppedWindowAreShown() throws {
        var pool = Pooling(spatialRank: 1, reduction: .maximum(returnsIndices: false), kernelSize: width(4))
        pool.padding = padding(2, axes: 1)
        pool.ceilMode = true
        let formula = try #require(try reports([.pooling(pool)], 9).first?.formula)
        #expect(formula.text == "⌈(9 + 2 + 2 − 1·(4 − 1) − 1) / 4⌉ + 1 − 1 = 3")
    }

    @Test func aTransposedConvolutionHasTheFormulaTheOtherWayRound() throws {
        var layer = TransposedConvolution(
            spatialRank: 1,
            weight: .unspecified(outChannels: 1, kernelSize: width(3))
        )
        layer.stride = width(2)
        layer.padding = padding(1, axes: 1)
        let formula = try #require(try reports([.transposedConvolution(layer)], 3).first?.formula)
        #expect(formula.text == "(3 − 1)·2 − 1 − 1 + 1·(3 − 1) + 0 + 1 = 5")
    }

    @Test func parametersAndCostAreThoseOfTheTextbook() throws {
        var layer = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 8, kernelSize: both(3)))
        layer.countsBias = true
        let report = try #require(try reports([.convolution(layer)], 1, 4, 10, 10).first)
        #expect(report.parameters == 8 * 4 * 9 + 8)
        #expect(report.multiplyAccumulates == 8 * 8 * 8 * 4 * 9)
        #expect(report.activationBytes == 8 * 8 * 8 * 4)
        #expect(report.parametersLocallyConnected == 64 * (8 * 4 * 9 + 8))
        #expect(report.parametersDense == 400 * 512 + 512)
    }

    @Test func theReceptiveFieldGrowsThroughTheLayers() throws {
        var stem = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 64, kernelSize: both(7)))
        stem.stride = both(2)
        stem.padding = padding(3)
        var pool = Pooling(spatialRank: 2, reduction: .maximum(returnsIndices: false), kernelSize: both(3))
        pool.stride = both(2)
        pool.padding = padding(1)
        var layer = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 64, kernelSize: both(3)))
        layer.padding = padding(1)
        let fields = try reports(
            [.convolution(stem), .activation(.relu), .pooling(pool), .convolution(layer), .convolution(layer)],
            1,
            3,
            224,
            224
        ).map(\.receptiveField)
        // Sizes and jumps of ResNet's first layers (Araujo et al., Distill 2019).
        #expect(fields.map { $0?.size.first } == [7, 7, 11, 19, 27])
        #expect(fields.map { $0?.jump.first } == [2, 2, 4, 4, 4])
        #expect(fields.map { $0?.start.first } == [0.5, 0.5, 0.5, 0.5, 0.5])
        #expect(fields[4]?.size.count == 2)
    }

    @Test func aLinearLayerGivesUpTheReceptiveField() throws {
        let conv = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 2, kernelSize: both(3)))
        let found = try reports(
            [.convolution(conv), .flatten(Flatten()), .linear(Linear(weight: .unspecified(outFeatures: 10)))],
            1,
            1,
            5,
            5
        )
        #expect(found.map(\.shape) == [try shape(1, 2, 3, 3), try shape(1, 18), try shape(1, 10)])
        #expect(found[0].receptiveField != nil)
        #expect(found[2].receptiveField == nil)
        #expect(found[2].parameters == 180)
    }

    @Test func numbersThat64BitsDoNotHoldAreLeftOut() throws {
        let layer = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 1 << 20, kernelSize: both(1)))
        let report = try #require(try reports([.convolution(layer)], 1, 1, 1 << 18, 1 << 18).first)
        #expect(report.parametersDense == nil)
        #expect(report.parametersLocallyConnected == 1 << 56)
    }

    private func reports(
        _ operations: [ConvolutionEngine.Operation],
        _ extents: Int...
    ) throws -> [ShapeReport] {
        let input = try #require(Shape(checking: extents))
        return try Engine().shapes(Network(layers: operations.map { Layer($0) }), input: input)
    }
}
