import ConvolutionEngine

/// What nodes make of constants alone: most of all the shapes that exporters compute instead of writing them down.
extension GraphImporter {
    /// Elements of a constant, each named by its place in row-major order.
    mutating func fold(_ constant: Constant, taking places: [Int], shape: Shape?) throws(NodeProblem) -> Constant {
        guard let shape, shape.elementCount == places.count, let taken = constant.taking(places, shape: shape) else {
            throw .unsupported("a constant of \(places.count) elements")
        }
        return taken
    }

    /// Throws before so many elements are made that no file means them.
    mutating func reserve(_ shape: Shape?) throws(NodeProblem) -> Shape {
        guard let shape else { throw .unsupported("more elements than 64 bits can count") }
        do throws(TensorFault) {
            try fold(elements: shape.elementCount)
        } catch {
            throw .tensor("", error)
        }
        return shape
    }

    mutating func fold(concatenating constants: [Constant], axis: Int) throws(NodeProblem) -> Constant {
        guard let first = constants.first else { throw .missingInput(0) }
        let axis = try resolvedAxis(axis, rank: first.shape.rank)
        var extents = Array(first.shape)
        for constant in constants.dropFirst() {
            let fits =
                constant.shape.rank == extents.count
                && extents.indices.allSatisfy { $0 == axis || constant.shape[$0] == extents[$0] }
            guard fits else { throw .unsupported("constants of shapes \(first.shape) and \(constant.shape)") }
            extents[axis] = extents[axis] &+ constant.shape[axis]
        }
        let shape = try reserve(Shape(checking: extents))
        let rows = extents[..<axis].reduce(1, *)
        var (numbers, integers): ([Float], [Extent]) = ([], [])
        for row in 0..<rows {
            for constant in constants {
                let length = constant.shape.elementCount / max(rows, 1)
                switch constant.elements {
                case .numbers(let tensor):
                    let elements = tensor.elements
                    for index in row * length..<(row + 1) * length { numbers.append(elements[index]) }
                case .extents(let elements): integers += elements[row * length..<(row + 1) * length]
                }
            }
        }
        if let tensor = Tensor(shape: shape, elements: numbers), integers.isEmpty, !first.isOfExtents {
            return Constant(tensor)
        }
        guard numbers.isEmpty, let constant = Constant(integers, shape: shape) else {
            throw .unsupported("constants of different types")
        }
        return constant
    }

    mutating func fold(transposing constant: Constant, _ order: [Int]) throws(NodeProblem) -> Constant {
        let target = try reserve(Shape(checking: order.map { constant.shape[$0] }))
        let steps = constant.shape.steps
        let places = target.places(steps: order.map { steps[$0] })
        return try fold(constant, taking: places, shape: target)
    }

    /// Elements along each axis from `start`, `count` of them, each `step` after the one before.
    mutating func fold(
        slicing constant: Constant,
        _ ranges: [(start: Int, count: Int, step: Int)]
    ) throws(NodeProblem) -> Constant {
        let target = try reserve(Shape(checking: ranges.map(\.count)))
        let steps = constant.shape.steps
        let first = zip(ranges, steps).map { $0.start * $1 }.reduce(0, +)
        let places = target.places(steps: zip(ranges, steps).map { $0.step * $1 }).map { $0 + first }
        return try fold(constant, taking: places, shape: target)
    }

    mutating func fold(
        gathering constant: Constant,
        _ indices: Constant,
        axis: Int
    ) throws(NodeProblem) -> Constant {
        let axis = try resolvedAxis(axis, rank: constant.shape.rank)
        let extent = constant.shape[axis]
        guard case .extents(let elements) = indices.elements else { throw .unsupported("indices that are no integers") }
        var chosen: [Int] = []
        for element in elements {
            guard case .known(let index) = element, index >= -extent, index < extent else {
                throw .unsupported("an index out of range")
            }
            chosen.append(index < 0 ? index + extent : index)
        }
        let (before, after) = (constant.shape[..<axis], constant.shape[(axis + 1)...])
        let target = try reserve(Shape(checking: Array(before) + Array(indices.shape) + Array(after)))
        let inner = after.reduce(1, *)
        var places: [Int] = []
        places.reserveCapacity(target.elementCount)
        for row in 0..<before.reduce(1, *) {
            for index in chosen {
                for column in 0..<inner { places.append((row * extent + index) * inner + column) }
            }
        }
        return try fold(constant, taking: places, shape: target)
    }

    /// Element by element, with broadcasting.
    mutating func fold(_ operation: Arithmetic, _ left: Constant, _ right: Constant) throws(NodeProblem) -> Constant {
        guard let shape = broadcast(left.shape, right.shape),
            let leftPlaces = broadcastPlaces(from: left.shape, to: try reserve(shape)),
            let rightPlaces = broadcastPlaces(from: right.shape, to: shape)
        else { throw .unsupported("constants of shapes \(left.shape) and \(right.shape)") }
        switch (left.elements, right.elements) {
        case (.numbers(let left), .numbers(let right)):
            let (ours, theirs) = (left.elements, right.elements)
            var numbers: [Float] = []
            numbers.reserveCapacity(shape.elementCount)
            for (one, other) in zip(leftPlaces, rightPlaces) {
                numbers.append(operation.result(ours[one], theirs[other]))
            }
            guard let tensor = Tensor(shape: shape, elements: numbers) else { throw .unsupported("these constants") }
            return Constant(tensor)
        case (.extents(let left), .extents(let right)):
            var extents: [Extent] = []
            for (one, other) in zip(leftPlaces, rightPlaces) {
                guard let result = operation.result(left[one], right[other]) else { throw .fixesBatch }
                extents.append(result)
            }
            guard let constant = Constant(extents, shape: shape) else { throw .unsupported("these constants") }
            return constant
        default: throw .unsupported("constants of different types")
        }
    }
}

extension Arithmetic {
    fileprivate func result(_ left: Float, _ right: Float) -> Float {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        }
    }

    /// `nil` for what is not the batch and is no number either: twice the batch, a division by zero.
    fileprivate func result(_ left: Extent, _ right: Extent) -> Extent? {
        switch (left, right) {
        case (.known(let left), .known(let right)):
            let (value, overflow) =
                switch self {
                case .add: left.addingReportingOverflow(right)
                case .subtract: left.subtractingReportingOverflow(right)
                case .multiply: left.multipliedReportingOverflow(by: right)
                // Towards zero, as C has it.
                case .divide: left.dividedReportingOverflow(by: right)
                }
            return overflow ? nil : .known(value)
        case (.batch, .known(0)): return self == .add || self == .subtract ? .batch : nil
        case (.known(0), .batch): return self == .add ? .batch : nil
        case (.batch, .known(1)): return self == .multiply || self == .divide ? .batch : nil
        case (.known(1), .batch): return self == .multiply ? .batch : nil
        case (.batch, .batch) where self == .divide: return .known(1)
        case (.batch, .batch) where self == .subtract: return .known(0)
        default: return nil
        }
    }
}

// MARK: - Places

extension Constant {
    var isOfExtents: Bool { if case .extents = elements { true } else { false } }
}

extension Shape {
    /// How many elements further one step along each axis leads.
    var steps: [Int] {
        var steps = [Int](repeating: 1, count: rank)
        for axis in indices.dropLast().reversed() { steps[axis] = steps[axis + 1] * self[axis + 1] }
        return steps
    }

    /// For each element of this shape in row-major order, where `steps` along the axes lead from the first.
    func places(steps: [Int]) -> [Int] {
        var places = [0]
        places.reserveCapacity(elementCount)
        for axis in indices {
            places = places.flatMap { place in (0..<self[axis]).map { place + $0 * steps[axis] } }
        }
        return places
    }
}

/// The shape of two that are broadcast together; `nil` when they do not.
func broadcast(_ first: Shape, _ second: Shape) -> Shape? {
    let rank = max(first.rank, second.rank)
    var extents: [Int] = []
    for axis in 0..<rank {
        let one = axis < rank - first.rank ? 1 : first[axis - rank + first.rank]
        let other = axis < rank - second.rank ? 1 : second[axis - rank + second.rank]
        guard one == other || one == 1 || other == 1 else { return nil }
        extents.append(one == 1 ? other : one)
    }
    return Shape(checking: extents)
}

/// Which element of a tensor stands at each place of a shape that it is broadcast to; `nil` when it is not.
func broadcastPlaces(from shape: Shape, to target: Shape) -> [Int]? {
    guard broadcast(shape, target) == target else { return nil }
    let missing = target.rank - shape.rank
    let own = shape.steps
    let steps = target.indices.map { axis in axis < missing || shape[axis - missing] == 1 ? 0 : own[axis - missing] }
    return target.places(steps: steps)
}
