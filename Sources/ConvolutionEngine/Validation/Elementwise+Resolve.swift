extension Activation {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        ResolvedLayer(outputShape: inputShape, work: .activation(self))
    }
}

extension PReLU {
    /// As PyTorch has it, axis 1 holds the channels.
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        var resolved = ResolvedLayer(outputShape: inputShape, work: nil)
        resolved.parameters = weight?.shape.elementCount ?? 1
        guard let weight else { return resolved }
        guard weight.shape.rank <= 1 else {
            throw EngineError(.rank(found: weight.shape, expected: [1]), parameter: "weight")
        }
        let count = weight.shape.elementCount
        let channels = inputShape.rank >= 2 ? inputShape[1] : 1
        if count != 1 { try checkShape(weight, is: channels, "weight") }
        resolved.work = .prelu(PReLUWork(layout: ChannelLayout(inputShape, axis: 1), weight: weight))
        return resolved
    }
}

extension Softmax {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        let axis = try resolvedAxis(self.axis, rank: inputShape.rank, "dim")
        return ResolvedLayer(
            outputShape: inputShape,
            work: .softmax(SoftmaxWork(layout: ChannelLayout(inputShape, axis: axis), isLogarithmic: isLogarithmic))
        )
    }
}

/// An axis number from 0, of one that may be negative from the end. A scalar has one axis to name, as in PyTorch.
func resolvedAxis(_ axis: Int, rank: Int, _ name: String) throws(EngineError) -> Int {
    let count = max(rank, 1)
    guard (-count..<count).contains(axis) else { throw EngineError(.axis(found: axis, rank: rank), parameter: name) }
    return axis < 0 ? axis + count : axis
}

/// A tensor read as [outer, channels, inner]: the axes before, at and after one axis.
struct ChannelLayout {
    var outer = 1
    var channels = 1
    var inner = 1

    /// An axis that the tensor does not have counts as one of extent 1.
    init(_ shape: Shape, axis: Int) {
        for index in shape.indices {
            if index < axis {
                outer *= shape[index]
            } else if index == axis {
                channels = shape[index]
            } else {
                inner *= shape[index]
            }
        }
    }
}
