extension Combination {
    func resolve(_ shapes: [Shape]) throws(EngineError) -> ResolvedLayer {
        switch self {
        case .add, .multiply:
            var result = shapes[0]
            for shape in shapes.dropFirst() { result = try broadcast(result, shape) }
            var resolved = ResolvedLayer(
                outputShape: result,
                work: .broadcast(BroadcastWork(multiplies: self == .multiply))
            )
            resolved.cost = product(result.elementCount, shapes.count)
            return resolved
        case .concatenate(let axis):
            return try concatenated(shapes, axis: axis)
        }
    }

    /// PyTorch's rule: axes are compared from the last; they agree when they are equal or one of them is 1.
    private func broadcast(_ first: Shape, _ second: Shape) throws(EngineError) -> Shape {
        let rank = max(first.rank, second.rank)
        var extents = Extents()
        for axis in 0..<rank {
            let one = axis < rank - first.rank ? 1 : first[axis - rank + first.rank]
            let other = axis < rank - second.rank ? 1 : second[axis - rank + second.rank]
            guard one == other || one == 1 || other == 1 else {
                throw EngineError(.broadcast(first, second), parameter: "inputs")
            }
            extents.append(one == 1 ? other : one)
        }
        return try extents.shape()
    }

    private func concatenated(_ shapes: [Shape], axis: Int) throws(EngineError) -> ResolvedLayer {
        let first = shapes[0]
        guard first.rank >= 1 else {
            throw EngineError(.rank(found: first, expected: Array(1...Shape.maximumRank)), parameter: "inputs")
        }
        let axis = try resolvedAxis(axis, rank: first.rank, "dim")
        var extents = Extents(first)
        for shape in shapes.dropFirst() {
            guard shape.rank == first.rank, shape.indices.allSatisfy({ $0 == axis || shape[$0] == first[$0] }),
                let extent = sum(extents[axis], shape[axis])
            else {
                throw EngineError(.concatenation(first, shape, axis: axis), parameter: "inputs")
            }
            extents[axis] = extent
        }
        return ResolvedLayer(
            outputShape: try extents.shape(),
            work: .concatenate(ConcatenateWork(axis: axis))
        )
    }
}
