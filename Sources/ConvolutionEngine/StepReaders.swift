/// Who reads what the steps of a plan compute. Value 0 is the network's input, value n the result of step n − 1.
struct StepReaders {
    /// How many steps read each value, or ask for it.
    private var counts: [Int]
    /// The last step that reads each value.
    private var last: [Int]

    init(of steps: [Step], outputs: [Int]) {
        counts = Array(repeating: 0, count: steps.count + 1)
        last = counts
        for (index, step) in steps.enumerated() {
            for value in step.sources.all {
                counts[value] += 1
                last[value] = index
            }
        }
        for value in outputs { counts[value] += 1 }
    }

    func isReadOnce(_ value: Int) -> Bool { counts[value] == 1 }

    /// The step that computes a value, when all that is made of it before, by steps that only hand on, is this value.
    func producer(of value: Int, in steps: [Step]) -> Int? {
        var value = value
        while value > 0, isReadOnce(value) {
            guard case .fused = steps[value - 1].work else { return value - 1 }
            value = steps[value - 1].sources.first
        }
        return nil
    }

    /// The step that alone reads a value, past those that only hand it on, as the first of what it reads.
    func consumer(of value: Int, in steps: [Step]) -> Int? {
        var value = value
        while isReadOnce(value) {
            let next = last[value]
            guard steps[next].sources.first == value else { return nil }
            guard case .fused = steps[next].work else { return next }
            value = next + 1
        }
        return nil
    }
}
