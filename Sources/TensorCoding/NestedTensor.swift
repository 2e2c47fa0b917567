import ConvolutionEngine

extension JSONReader {
    /// Reads arrays inside arrays down to the elements, the reader standing on the outermost `[`. The shape is the
    /// nesting: all arrays of one axis must have the same length.
    mutating func nested<Elements: TensorElements & ~Copyable>(
        _ elements: inout Elements
    ) throws(CodingError) -> Shape {
        var nesting = Nesting()
        do throws(CodingError) {
            repeat {
                try nesting.open(&self)
                skipWhitespace()
                if current == UInt8(ascii: "]") {
                    close()
                    try nesting.close(length: 0, &self)
                } else if current != UInt8(ascii: "[") {
                    try nesting.beginElements(&self)
                    try nesting.close(length: elements.readRow(&self), &self)
                } else {
                    continue
                }
                try nesting.closeFinished(&self)
            } while nesting.depth > 0
        } catch {
            throw error.under(nesting.path)
        }
        let extents = Array(nesting.extents.prefix(nesting.rank ?? 1))
        guard let shape = Shape(checking: extents) else { throw CodingError(.shapeOverflow(extents)) }
        return shape
    }
}

/// Which array of which axis is being read, and how long the arrays of each axis are.
private struct Nesting {
    /// Arrays that are open.
    private(set) var depth = 0
    /// The number of axes, known with the first element.
    private(set) var rank: Int?
    /// The length of the first finished array of each axis.
    private(set) var extents = [Int](repeating: Nesting.unknown, count: Shape.maximumRank)
    /// Finished items of the open arrays.
    private var counts = [Int](repeating: 0, count: Shape.maximumRank)
    /// Where the open arrays begin.
    private var starts = [Int](repeating: 0, count: Shape.maximumRank)

    private static let unknown = -1

    /// The indices that lead to the innermost open array.
    var path: ArraySlice<Int> { counts.prefix(max(depth - 1, 0)) }

    mutating func open(_ reader: inout JSONReader) throws(CodingError) {
        if depth == rank { throw itemError(reader, .mixed(found: .array, expected: .number)) }
        guard depth < Shape.maximumRank else {
            throw itemError(reader, .tooManyAxes(limit: Shape.maximumRank))
        }
        starts[depth] = reader.position
        counts[depth] = 0
        try reader.open()
        depth += 1
    }

    /// The innermost open array holds elements.
    mutating func beginElements(_ reader: inout JSONReader) throws(CodingError) {
        if let rank, rank != depth {
            throw itemError(reader, .mixed(found: try reader.nextType(), expected: .array))
        }
        rank = depth
    }

    /// The innermost array, of this length, is closed.
    mutating func close(length: Int, _ reader: inout JSONReader) throws(CodingError) {
        let axis = depth - 1
        if rank == nil { rank = depth }
        if extents[axis] == Nesting.unknown { extents[axis] = length }
        guard extents[axis] == length else {
            throw reader.error(.ragged(axis: axis, found: length, expected: extents[axis]), at: starts[axis])
        }
        depth -= 1
        if depth > 0 { counts[depth - 1] += 1 }
    }

    /// Closes all arrays that end here; then the reader stands on the `[` of the next, or after the whole.
    mutating func closeFinished(_ reader: inout JSONReader) throws(CodingError) {
        while depth > 0 {
            if try reader.nextElement(isFirst: false) {
                let found = try reader.nextType()
                if found != .array { throw itemError(reader, .mixed(found: found, expected: .array)) }
                return
            }
            try close(length: counts[depth - 1], &reader)
        }
    }

    /// An error about the next item of the innermost open array.
    private func itemError(_ reader: borrowing JSONReader, _ reason: CodingError.Reason) -> CodingError {
        let error = reader.error(reason, at: reader.position)
        return depth > 0 ? error.under(counts[depth - 1]) : error
    }
}
