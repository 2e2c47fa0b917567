/// Batch normalisation, additions and activations that follow a convolution, and that nobody else reads before, become part
/// of it: the statistics go into its weights, the rest is done to its result in one pass. Their own steps then hand on what
/// they read.
struct Fusion {
    private(set) var steps: [Step]
    /// Bytes of weights that were made anew.
    private(set) var foldedBytes: Int? = 0
    private let readers: StepReaders
    /// The convolution's step of which a value is the result so far.
    private var carriers: [Int: Int] = [:]

    init(_ steps: [Step], outputs: [Int]) {
        self.steps = steps
        readers = StepReaders(of: steps, outputs: outputs)
        for index in steps.indices where steps[index].outputShape.elementCount > 0 { fuse(index) }
    }

    private mutating func fuse(_ index: Int) {
        let step = steps[index]
        switch step.work {
        case .convolution:
            carriers[index + 1] = index
        case .batchNormalization(let normalization):
            guard let (carrier, convolution) = convolution(of: step.sources.first),
                let bytes = convolution.fold(normalization)
            else { return }
            foldedBytes = sum(foldedBytes, bytes)
            pass(index, carrier)
        case .activation(let function):
            guard let (carrier, convolution) = convolution(of: step.sources.first), convolution.append(function) else {
                return
            }
            pass(index, carrier)
        case .broadcast(let combination) where !combination.multiplies:
            add(index)
        default: break
        }
    }

    /// Of the two that are added, the one that is computed last takes the other along.
    private mutating func add(_ index: Int) {
        let step = steps[index]
        guard case .several(let values) = step.sources, values.count == 2, values[0] != values[1] else { return }
        let candidates = [(values[0], values[1]), (values[1], values[0])]
            .compactMap { own, other in convolution(of: own).map { (own: own, other: other, $0.carrier, $0.work) } }
            .filter {
                $0.other <= $0.2 && shape(of: $0.other) == step.outputShape && shape(of: $0.own) == step.outputShape
            }
        guard let (own, other, carrier, work) = candidates.max(by: { $0.2 < $1.2 }), work.appendResidual() else {
            return
        }
        steps[carrier].sources = .several([steps[carrier].sources.first, other])
        steps[index].sources = .one(own)
        pass(index, carrier)
    }

    /// The convolution whose result a value is, when nobody but the next step reads it.
    private func convolution(of value: Int) -> (carrier: Int, work: ConvolutionWork)? {
        guard readers.isReadOnce(value), let carrier = carriers[value],
            case .convolution(let work) = steps[carrier].work
        else {
            return nil
        }
        return (carrier, work)
    }

    private func shape(of value: Int) -> Shape? { value > 0 ? steps[value - 1].outputShape : nil }

    private mutating func pass(_ index: Int, _ carrier: Int) {
        steps[index].work = .fused
        carriers[index + 1] = carrier
    }
}
