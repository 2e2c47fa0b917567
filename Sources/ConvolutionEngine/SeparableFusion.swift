/// A depthwise convolution, the pointwise or windowed one before it and the pointwise one after it, when nobody else reads
/// what is in between, become one step: that of the last of them. Those before hand on what the first reads.
struct SeparableFusion {
    private(set) var steps: [Step]
    private let threads: Int
    private let readers: StepReaders

    init(_ steps: [Step], outputs: [Int], threads: Int) {
        self.steps = steps
        self.threads = threads
        readers = StepReaders(of: steps, outputs: outputs)
        for index in steps.indices where steps[index].outputShape.elementCount > 0 { fuse(index) }
    }

    private mutating func fuse(_ index: Int) {
        guard case .convolution(let depthwise) = steps[index].work, depthwise.geometry.suitsSeparating,
            depthwise.mayJoin(by: .depthwise)
        else { return }
        let before = readers.producer(of: steps[index].sources.first, in: steps)
        let after = readers.consumer(of: index + 1, in: steps)
        // What the depthwise convolution adds must be there when it is computed, with its own shape.
        let expansion = before.flatMap { pointwise($0) ?? window($0) }, projection = after.flatMap { pointwise($0) }
        let adds = depthwise.epilogue.addsResidual
        guard expansion?.epilogue.addsResidual != true, expansion != nil || projection != nil, !adds else { return }
        let work = SeparableWork(
            expansion: expansion,
            depthwise: depthwise,
            projection: projection,
            threads: threads
        )
        guard let work else { return }
        var last = index
        if work.projects, let after { last = after }
        if work.expands, let before { absorb(before) }
        if last != index { absorb(index) }
        steps[last].work = .separable(work)
        steps[last].workspaceBytes = work.workspaceBytes(threads: threads) ?? Int.max
    }

    private mutating func absorb(_ index: Int) {
        steps[index].work = .absorbed
        steps[index].workspaceBytes = 0
    }

    private func pointwise(_ index: Int) -> ConvolutionWork? {
        guard case .convolution(let work) = steps[index].work, work.geometry.groups == 1, work.mayJoin(by: .pointwise)
        else { return nil }
        return work
    }

    /// A network's first convolution as a rule: few channels, from which it makes many.
    private func window(_ index: Int) -> ConvolutionWork? {
        guard case .convolution(let work) = steps[index].work, work.geometry.suitsExpanding, work.mayJoin(by: .window)
        else { return nil }
        return work
    }
}

extension ConvolutionGeometry {
    /// Whether it goes over planes, so that a band of rows is all of a piece.
    fileprivate var suitsSeparating: Bool { input.depth == 1 && output.depth == 1 && output.volume > 0 && batch > 0 }

    /// The same, with windows on planes.
    fileprivate var suitsExpanding: Bool { suitsSeparating && groups == 1 && kernel.depth == 1 }
}
