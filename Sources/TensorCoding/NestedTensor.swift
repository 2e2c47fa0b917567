import ConvolutionEngine

extension JSONReader {
    /// Reads arrays inside arrays down to the elements, the reader standing on the outermost `[`. The shape is the
    /// nesting: all arrays of one axis must have the same length.
    mutating func nested<Elements: TensorElements & ~Copyable>(
        _ elements: inout Elements
    ) throws(CodingError) -> Shape {
        if let shape = elements.readSmall(&self) { return shape }
        if let shape = elements.readShared(&self, rank: nil) { return shape }
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
        guard let shape = nesting.shape else { throw CodingError(.shapeOverflow(nesting.extents)) }
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
    private var lengths = PerAxis(repeating: Nesting.unknown)
    /// Finished items of the open arrays.
    private var counts = PerAxis(repeating: 0)
    /// Where the open arrays begin.
    private var starts = PerAxis(repeating: 0)

    /// A number for each axis that there may be; within the value, so that a small tensor costs no memory but its own.
    private typealias PerAxis = InlineArray<8, Int>
    private static let unknown = -1

    /// Of the whole; `nil` when its elements are more than 64 bits count.
    var shape: Shape? { Shape(lengths, rank: rank ?? 1) }

    /// The extents, as far as they are known.
    var extents: [Int] { (0..<(rank ?? 1)).map { lengths[$0] } }

    /// The indices that lead to the innermost open array.
    var path: [Int] { (0..<max(depth - 1, 0)).map { counts[$0] } }

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
        if lengths[axis] == Nesting.unknown { lengths[axis] = length }
        guard lengths[axis] == length else {
            throw reader.error(.ragged(axis: axis, found: length, expected: lengths[axis]), at: starts[axis])
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
