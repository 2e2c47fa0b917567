import ConvolutionEngine

/// Puts segments together: whether their brackets are those of arrays inside arrays, all arrays of one axis of the same
/// length, and where the outermost ends. It gives up on all else, and leaves it to a reader that knows what to say of it.
struct SharedNesting {
    private var depth = 0
    /// The number of axes, known with the first number.
    private var rank = 0
    private var lengths = [Int?](repeating: nil, count: Shape.maximumRank)
    /// Finished items of the open arrays.
    private var counts = [Int](repeating: 0, count: Shape.maximumRank)

    /// What is left of a segment's numbers, and where the whole ends, where it does.
    struct Outcome {
        var numbers: Int
        var end: Int?
    }

    /// Of the whole, once it has ended.
    var shape: Shape? {
        var extents: [Int] = []
        for axis in 0..<rank {
            guard let length = lengths[axis] else { return nil }
            extents.append(length)
        }
        return Shape(checking: extents)
    }

    /// Takes the next segment; nil where it does not fit what came before.
    mutating func take(_ segment: borrowing TextSegment) -> Outcome? {
        var numbers = 0
        for run in segment.runs {
            let boundary = run.boundary
            guard take(boundary) else { return nil }
            numbers += Int(boundary.length)
            if rank > 0, depth == 0 { return Outcome(numbers: numbers, end: run.end) }
            guard open(Int(boundary.opened)) else { return nil }
            guard run.count > 1 else { continue }
            let more = Int(run.count) - 1
            // Whole rows of one array.
            guard boundary.closed == 1, boundary.opened == 1, rank > 1, lengths[rank - 1] == Int(boundary.length) else {
                return nil
            }
            counts[rank - 2] += more
            numbers += more * Int(boundary.length)
        }
        guard segment.isSound else { return nil }
        let rest = segment.count - numbers
        guard rest == 0 || (rank > 0 && depth == rank) else { return nil }
        if rank > 0 { counts[rank - 1] += rest }
        return Outcome(numbers: segment.count, end: nil)
    }

    /// The numbers before a boundary and what it closes.
    private mutating func take(_ boundary: TextSegment.Boundary) -> Bool {
        if boundary.length > 0 {
            guard rank > 0, depth == rank else { return false }
            counts[rank - 1] += Int(boundary.length)
        }
        guard boundary.closed > 0 else { return true }
        guard rank > 0, Int(boundary.closed) <= depth else { return false }
        for _ in 0..<boundary.closed {
            let axis = depth - 1
            guard counts[axis] > 0, lengths[axis] == nil || lengths[axis] == counts[axis] else { return false }
            lengths[axis] = counts[axis]
            counts[axis] = 0
            depth -= 1
            if depth > 0 { counts[depth - 1] += 1 }
        }
        return true
    }

    private mutating func open(_ opened: Int) -> Bool {
        guard opened > 0 else { return true }
        if rank == 0 {
            guard opened <= Shape.maximumRank else { return false }
            rank = opened
        }
        guard depth + opened == rank else { return false }
        depth = rank
        return true
    }
}
