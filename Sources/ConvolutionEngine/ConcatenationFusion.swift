/// Convolutions whose results are put one after the other write them there at once, so that nothing is copied: where the
/// parts of the whole are runs of it, as channels are in a batch of one.
struct ConcatenationFusion {
    private(set) var steps: [Step]
    private let readers: StepReaders

    init(_ steps: [Step], outputs: [Int]) {
        self.steps = steps
        readers = StepReaders(of: steps, outputs: outputs)
        for index in steps.indices where steps[index].outputShape.elementCount > 0 { join(index) }
    }

    private mutating func join(_ index: Int) {
        let step = steps[index], shape = step.outputShape
        guard case .concatenate(var concatenation) = step.work,
            shape.prefix(concatenation.axis).allSatisfy({ $0 == 1 })
        else { return }
        let values = [step.sources.first] + step.sources.rest
        // The network's input stays where it came.
        guard !values.contains(0) else { return }
        var offset = 0
        for (place, value) in values.enumerated() {
            defer { offset += steps[value - 1].outputShape.elementCount }
            guard let producer = producer(of: value) else { continue }
            steps[producer].place = StepPlace(joint: index, offset: offset, capacity: shape.elementCount)
            concatenation.inPlace.insert(place)
        }
        guard !concatenation.inPlace.isEmpty else { return }
        steps[index].work = .concatenate(concatenation)
        steps[index].place = StepPlace(joint: index, offset: 0, capacity: shape.elementCount)
    }

    /// The step that computes a value and may be told where to, when nobody else reads what it is made of.
    private func producer(of value: Int) -> Int? {
        readers.producer(of: value, in: steps).flatMap { producer in
            let step = steps[producer]
            return step.work.takesPlace && step.place == nil && step.outputShape.elementCount > 0 ? producer : nil
        }
    }
}
