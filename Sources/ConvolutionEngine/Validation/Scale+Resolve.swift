extension Scale {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        for (name, tensor) in [("weight", weight), ("bias", bias)] {
            guard let tensor, !tensor.shape.broadcasts(over: inputShape) else { continue }
            throw EngineError(.broadcastOver(tensor.shape, input: inputShape), parameter: name)
        }
        var resolved = ResolvedLayer(
            outputShape: inputShape,
            work: .scale(ScaleWork(weight: weight, bias: bias))
        )
        resolved.parameters = try checkedCost(sum(weight?.shape.elementCount ?? 0, bias?.shape.elementCount ?? 0))
        return resolved
    }
}

extension Shape {
    /// Whether PyTorch's broadcasting makes `other` of the two, and no more.
    fileprivate func broadcasts(over other: Shape) -> Bool {
        guard rank <= other.rank else { return false }
        return indices.allSatisfy { axis in
            self[axis] == 1 || self[axis] == other[axis + other.rank - rank]
        }
    }
}
