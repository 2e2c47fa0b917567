import ConvolutionEngine
import Testing

/// What a plan says, and the limits held against it.
@Suite struct PlanTests {
    private let roomy = PlanLimits(elementsPerTensor: 1 << 20, bytes: 1 << 24, multiplyAccumulates: 1 << 30, layers: 8)

    @Test func costsAddUp() throws {
        let plan = try Engine().plan(try network(), input: try shape(1, 2, 6, 6), limits: roomy)
        #expect(plan.multiplyAccumulates == 4 * 4 * 3 * 2 * 9)
        #expect(plan.parameters == 3 * 2 * 9)
        #expect(plan.layers.map(\.type) == ["conv2d", "relu", "flatten"])
        #expect(plan.layers.map(\.name) == ["features", nil, nil])
        #expect(plan.layers.map(\.parameters) == [54, 0, 0])
        #expect(plan.layers.map(\.multiplyAccumulates) == [864, 0, 0])
        #expect(plan.layers.map(\.activationBytes) == [192, 192, 192])
        #expect(plan.outputShape == (try shape(1, 48)))
        // Packed weights, at the most two results beside the input, and the working memory of threads.
        #expect(plan.peakBytes >= 4 * (54 + 72 + 48))
        #expect(plan.peakBytes <= 4 * (2 * 54 + 72 + 2 * 48) + 1 << 20)
    }

    @Test func resultsThatNobodyReadsAnyMoreAreNotCounted() throws {
        func peak(_ layers: Int) throws -> Int {
            let network = Network(layers: (0..<layers).map { _ in Layer(.activation(.relu)) })
            return try Engine().plan(network, input: try shape(1000)).peakBytes
        }
        #expect(try peak(1) == 8000)
        #expect(try peak(2) == 12_000 || peak(2) == 8000)
        #expect(try peak(50) == peak(3))
    }

    @Test func everyLimitIsHeldAgainstThePlan() throws {
        let network = try network()
        let whole = try Engine().plan(network, input: try shape(1, 2, 6, 6), limits: roomy)
        func error(_ change: (inout PlanLimits) -> Void) throws -> EngineError? {
            var limits = roomy
            change(&limits)
            let input = try shape(1, 2, 6, 6)
            return #expect(throws: EngineError.self) { try Engine().plan(network, input: input, limits: limits) }
        }
        #expect(
            try error { $0.layers = 2 } == EngineError(.limit(.layers, found: 3, limit: 2), parameter: "layers")
        )
        #expect(
            try error { $0.elementsPerTensor = 71 }
                == EngineError(.limit(.elements, found: 72, limit: 71), parameter: "input")
        )
        let macs = try #require(try error { $0.multiplyAccumulates = 863 })
        #expect(macs.layer == 0)
        guard case .limit(.multiplyAccumulates, let found?, 863) = macs.reason else {
            Issue.record("unexpected \(macs)")
            return
        }
        #expect(found >= 864)
        // Each of the 48 elements of each result counts as well.
        let operations = 864 + 3 * 48
        _ = try error { $0.multiplyAccumulates = operations - 1 }
        let bytes = try #require(try error { $0.bytes = 500 })
        guard case .limit(.bytes, let taken?, 500) = bytes.reason else {
            Issue.record("unexpected \(bytes)")
            return
        }
        #expect(taken > 500)
        _ = try error { $0.bytes = whole.peakBytes - 1 }
        // At each limit it passes.
        let least = PlanLimits(
            elementsPerTensor: 72,
            bytes: whole.peakBytes,
            multiplyAccumulates: operations,
            layers: 3
        )
        _ = try Engine().plan(network, input: try shape(1, 2, 6, 6), limits: least)
    }

    @Test func aTerabyteIsRefusedBeforeAnyMemoryIsTaken() throws {
        let layer = Upsample(target: .size([500_000, 500_000]))
        let error = try planningError(.upsample(layer), 1, 1, 2, 2)
        #expect(
            error.reason
                == .limit(.elements, found: 250_000_000_000, limit: PlanLimits.standard.elementsPerTensor)
        )
    }

    @Test func aPoolThatWouldTakeAllDayIsRefused() throws {
        var layer = Pooling(spatialRank: 2, reduction: .norm(p: 3), kernelSize: both(3000))
        layer.stride = both(1)
        layer.padding = padding(2999)
        let error = try planningError(.pooling(layer), 3000, 3000)
        guard case .limit(.multiplyAccumulates, _, _) = error.reason else {
            Issue.record("unexpected \(error)")
            return
        }
    }

    @Test func aLayerWithoutNumbersCannotBePlanned() throws {
        let layer = Convolution(spatialRank: 2, weight: .unspecified(outChannels: 1, kernelSize: both(3)))
        let error = try planningError(.convolution(layer), 5, 5)
        #expect(error == EngineError(.noNumbers, parameter: "weight", layer: 0))
        let norm = BatchNormalization(spatialRank: 2, runningMean: try counting(5), runningVariance: nil)
        #expect(
            try planningError(.batchNormalization(norm), 1, 5, 2, 2)
                == EngineError(.noNumbers, parameter: "running_var", layer: 0)
        )
    }

    private func network() throws -> Network {
        let conv = Convolution(spatialRank: 2, weight: .tensor(try counting(3, 2, 3, 3)))
        return Network(layers: [
            Layer(.convolution(conv), name: "features"), Layer(.activation(.relu)), Layer(.flatten(Flatten())),
        ])
    }
}
