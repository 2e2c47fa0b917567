/// A depthwise convolution and the pointwise ones before and after it, when nobody else reads what is in between, become one
/// step: that of the last of them. Those before hand on what the first reads.
struct SeparableFusion {
    private(set) var steps: [Step]
    private let threads: Int
    /// How many steps read each value, or ask for it.
    private var readers: [Int]
    /// The step that reads a value, where there is one alone.
    private var reader: [Int]

    init(_ steps: [Step], outputs: [Int], threads: Int) {
        self.steps = steps
        self.threads = threads
        readers = Array(repeating: 0, count: steps.count + 1)
        reader = Array(repeating: 0, count: steps.count + 1)
        for (index, step) in steps.enumerated() {
            for value in [step.sources.first] + step.sources.rest {
                readers[value] += 1
                reader[value] = index
            }
        }
        for value in outputs { readers[value] += 1 }
        for index in steps.indices where steps[index].outputShape.elementCount > 0 { fuse(index) }
    }

    private mutating func fuse(_ index: Int) {
        guard case .convolution(let depthwise) = steps[index].work, depthwise.geometry.suitsSeparating,
            depthwise.mayJoin(by: .depthwise)
        else { return }
        let before = producer(of: steps[index].sources.first), after = consumer(of: index)
        // What the depthwise convolution adds must be there when it is computed, with its own shape.
        let expansion = before.flatMap { pointwise($0) }, projection = after.flatMap { pointwise($0) }
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
        if expansion != nil, let before { absorb(before) }
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

    /// The step that computes a value, when all that is made of it before is this value.
    private func producer(of value: Int) -> Int? {
        var value = value
        while value > 0, readers[value] == 1 {
            guard case .fused = steps[value - 1].work else { return value - 1 }
            value = steps[value - 1].sources.first
        }
        return nil
    }

    /// The step that alone reads what a step computes, as the first of what it reads.
    private func consumer(of index: Int) -> Int? {
        var value = index + 1
        while readers[value] == 1 {
            let next = reader[value]
            guard steps[next].sources.first == value else { return nil }
            guard case .fused = steps[next].work else { return next }
            value = next + 1
        }
        return nil
    }
}

extension ConvolutionGeometry {
    /// Whether it goes over planes, so that a band of rows is all of a piece.
    fileprivate var suitsSeparating: Bool { input.depth == 1 && output.depth == 1 && output.volume > 0 && batch > 0 }
}
