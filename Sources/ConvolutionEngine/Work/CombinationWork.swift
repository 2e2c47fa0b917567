import CVectorKernels

/// The sum or the product of several tensors, each broadcast to the output's shape.
struct BroadcastWork: Sendable {
    var multiplies: Bool

    func run(_ inputs: [Tensor], outputShape: Shape, team: Team, kernels: KernelSet = .chosen) -> Tensor {
        let combine = multiplies ? kernels.functions.multiply : kernels.functions.add
        let length = outputShape.last ?? 1, rows = outputShape.elementCount / max(1, length)
        let sources = inputs.map { BroadcastSource($0.shape, to: outputShape) }
        return inputs[0].computed(outputShape) { first, output in
            for (index, input) in inputs.enumerated() where index > 0 && !team.isStopped {
                // What is combined so far: the first input itself, then the output.
                let held = index == 1 ? sources[0] : BroadcastSource(outputShape, to: outputShape)
                let heldElements = index == 1 ? first : UnsafePointer(output)
                input.withElements { elements in
                    guard let elements = elements.baseAddress else { return }
                    if held.isWhole, sources[index].isWhole {
                        return team.forEachRun(of: outputShape.elementCount, microseconds: 120) { run in
                            let first = run.lowerBound
                            combine(heldElements + first, elements + first, run.count, output + first)
                        }
                    }
                    team.forEachRun(ofRows: rows, length: length, microseconds: 500) { run in
                        for row in run {
                            let one = held.row(row, in: heldElements), other = sources[index].row(row, in: elements)
                            let target = output + row * length
                            for cell in 0..<length {
                                let (a, b) = (one.first[cell * one.step], other.first[cell * other.step])
                                target[cell] = multiplies ? a * b : a + b
                            }
                        }
                    }
                }
            }
            if inputs.count == 1 { output.update(from: first, count: outputShape.elementCount) }
        }
    }
}

/// Where a tensor's elements lie when it is read in a larger shape.
private struct BroadcastSource {
    /// The shapes are the same.
    let isWhole: Bool
    private let outputShape: Shape
    /// How far one step along each output axis goes in the input: 0 where it is broadcast.
    private var steps = SIMD8<Int>(repeating: 0)

    init(_ shape: Shape, to outputShape: Shape) {
        isWhole = shape == outputShape
        self.outputShape = outputShape
        var step = 1
        for axis in shape.indices.reversed() {
            if shape[axis] != 1 { steps[axis + outputShape.rank - shape.rank] = step }
            step *= shape[axis]
        }
    }

    /// The elements of an output row, counted over all axes but the last.
    func row(_ row: Int, in elements: UnsafePointer<Float>) -> (first: UnsafePointer<Float>, step: Int) {
        guard outputShape.rank > 0 else { return (elements, 0) }
        let last = outputShape.rank - 1
        var (rest, source) = (row, 0)
        for axis in (0..<last).reversed() {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: outputShape[axis])
            source += index * steps[axis]
            rest = quotient
        }
        return (elements + source, steps[last])
    }
}

/// Several tensors one after the other along an axis.
struct ConcatenateWork: Sendable {
    var axis: Int
    /// Which of them were written to their place when they were computed.
    var inPlace: Set<Int> = []

    /// - Parameter place: where the result goes, and those that are there already lie; `nil` when none does.
    func run(_ inputs: [Tensor], outputShape: Shape, into place: TensorPlace? = nil, team: Team) -> Tensor {
        inputs[0].computed(outputShape, into: place) { _, output in
            var start = 0
            for (index, input) in inputs.enumerated() {
                let layout = ChannelLayout(input.shape, axis: axis)
                let length = layout.channels * layout.inner, target = output + start * layout.inner
                let parts = Runs(count: length, each: Team.elementsPerTask)
                input.withElements { elements in
                    guard let elements = elements.baseAddress, length > 0, !inPlace.contains(index) else { return }
                    let nanoseconds = layout.outer * length / 8
                    team.run(tasks: layout.outer * parts.tasks, nanoseconds: nanoseconds) { task in
                        let (outer, part) = task.quotientAndRemainder(dividingBy: parts.tasks), run = parts[part]
                        (target + outer * outputShape[axis] * layout.inner + run.lowerBound)
                            .update(from: elements + outer * length + run.lowerBound, count: run.count)
                    }
                }
                start += layout.channels
            }
        }
    }
}
