import ConvolutionEngine

extension Operators {
    static let rearrangements: [String: Conversion] = [
        "Concat": concat, "Flatten": flatten, "Reshape": reshape, "Squeeze": squeeze, "Unsqueeze": unsqueeze,
        "Transpose": transpose, "Identity": identity, "Dropout": dropout, "Resize": resize, "Upsample": upsample,
        "Pad": pad, "Slice": slice, "Split": split,
    ]

    private static func identity(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        [try scope.value(0)]
    }

    private static func dropout(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem)
        -> [Value]
    {
        scope.ignore("ratio", "seed")
        if scope.has(2), try scope.extents(2) != [.known(0)] { throw .unsupported("training_mode") }
        return [try scope.value(0)]
    }

    private static func concat(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value]
    {
        guard let axis = try scope.optionalInteger("axis") else { throw .missingAttribute("axis") }
        var features: [Feature] = []
        var constants: [Constant] = []
        for index in scope.inputs.indices {
            switch try scope.value(index) {
            case .feature(let feature): features.append(feature)
            case .constant(let constant): constants.append(constant)
            case .gaussian, .nothing: throw .unsupported("erf other than as a part of gelu")
            }
        }
        if features.isEmpty { return [.constant(try importer.fold(concatenating: constants, axis: axis))] }
        guard constants.isEmpty, let first = features.first else {
            throw .unsupported("constants beside what is computed")
        }
        let resolved = try resolvedAxis(axis, rank: first.shape.rank)
        if resolved == 0, first.hasFreeBatch { throw .fixesBatch }
        guard features.count > 1 else { return [.feature(first)] }
        let layer = Operation.combination(.concatenate(axis: resolved))
        return [.feature(try importer.emit(layer, features, as: scope.output))]
    }

    // MARK: Other shapes

    /// Two axes: those before `axis`, and the others.
    private static func flatten(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem)
        -> [Value]
    {
        let given = try scope.integer("axis", default: 1)
        let value = try scope.value(0)
        let extents = value.extents
        // Unlike elsewhere, the axis may be the rank.
        let axis = given == extents.count ? given : try resolvedAxis(given, rank: extents.count)
        let sides = [try product(extents[..<axis]), try product(extents[axis...])]
        return [try importer.reshape(value, to: sides, as: scope.output)]
    }

    private static func product(_ extents: ArraySlice<Extent>) throws(NodeProblem) -> Extent {
        if extents.count == 1, let extent = extents.first { return extent }
        var total = 1
        for extent in extents {
            // A batch joined with an axis of extent 1 is the batch still.
            if extent == .batch {
                guard extents.allSatisfy({ $0 == .batch || $0 == .known(1) }) else { throw .fixesBatch }
                return .batch
            }
            guard case .known(let count) = extent else { continue }
            let (next, overflow) = total.multipliedReportingOverflow(by: count)
            guard !overflow else { throw .unsupported("more elements than 64 bits can count") }
            total = next
        }
        return .known(total)
    }

    private static func reshape(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem)
        -> [Value]
    {
        let value = try scope.value(0)
        let target = try scope.extents(1)
        guard try !scope.flag("allowzero") || !target.contains(.known(0)) else { throw .unsupported("an extent of 0") }
        return [try importer.reshape(value, to: try filled(target, from: value.extents), as: scope.output)]
    }

    /// The target with 0, which copies an extent, and −1, which takes what is left, as the extents that they stand for.
    private static func filled(_ target: [Extent], from extents: [Extent]) throws(NodeProblem) -> [Extent] {
        var filled = target
        for (axis, extent) in target.enumerated() where extent == .known(0) {
            guard axis < extents.count else { throw .unsupported("an extent of 0 past the input's axes") }
            filled[axis] = extents[axis]
        }
        guard let open = filled.firstIndex(of: .known(-1)) else { return filled }
        func rest(_ extents: [Extent]) throws(NodeProblem) -> Int {
            let known = extents.filter { $0 != .batch && $0 != .known(-1) }
            guard case .known(let count) = try product(known[...]) else { return 1 }
            return count
        }
        let (available, taken) = (try rest(extents), try rest(filled))
        let hasBatch = extents.contains(.batch)
        guard taken > 0, available.isMultiple(of: taken) else {
            throw .unsupported("a shape of \(taken) elements and −1 for \(available)")
        }
        if !hasBatch || filled.contains(.batch) {
            filled[open] = .known(available / taken)
        } else {
            guard available == taken else { throw .fixesBatch }
            filled[open] = .batch
        }
        return filled
    }

    private static func squeeze(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem)
        -> [Value]
    {
        let value = try scope.value(0)
        let extents = value.extents
        var axes = Set(extents.indices.filter { extents[$0] == .known(1) })
        if let given = try scope.axes(input: 1, since: 13) {
            let resolved = try resolvedAxes(given, rank: extents.count)
            for axis in resolved where extents[axis] != .known(1) {
                if extents[axis] == .batch { throw .fixesBatch }
                throw .attributeValue("axes", found: "\(given)")
            }
            axes = Set(resolved)
        }
        let kept = extents.indices.filter { !axes.contains($0) }.map { extents[$0] }
        return [try importer.reshape(value, to: kept, as: scope.output)]
    }

    private static func unsqueeze(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let value = try scope.value(0)
        guard let given = try scope.axes(input: 1, since: 13) else { throw .missingAttribute("axes") }
        let extents = value.extents
        guard given.count <= Shape.maximumRank else { throw .attributeValue("axes", found: "\(given)") }
        let axes = Set(try resolvedAxes(given, rank: extents.count + given.count))
        var (rest, widened) = (extents[...], [Extent]())
        for axis in 0..<extents.count + given.count {
            if axes.contains(axis) {
                widened.append(.known(1))
            } else if let next = rest.popFirst() {
                widened.append(next)
            }
        }
        return [try importer.reshape(value, to: widened, as: scope.output)]
    }

    /// Of a feature only where no element moves, since all axes that change their order but one have an extent of 1.
    private static func transpose(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let value = try scope.value(0)
        let extents = value.extents
        let order = try scope.optionalIntegers("perm") ?? extents.indices.reversed()
        guard order.sorted() == Array(extents.indices) else { throw .attributeValue("perm", found: "\(order)") }
        if case .constant(let constant) = value { return [.constant(try importer.fold(transposing: constant, order))] }
        let moving = order.filter { extents[$0] != .known(1) }
        guard moving == moving.sorted() else { throw .unsupported("an order of axes of \(order)") }
        return [try importer.reshape(value, to: order.map { extents[$0] }, as: scope.output)]
    }
}

extension Value {
    /// The shape, where it has one.
    var extents: [Extent] {
        switch self {
        case .feature(let feature): feature.extents
        case .constant(let constant): constant.shape.map { .known($0) }
        case .gaussian, .nothing: []
        }
    }
}

extension GraphImporter {
    /// The same elements under another shape.
    mutating func reshape(_ value: Value, to extents: [Extent], as name: String) throws(NodeProblem) -> Value {
        switch value {
        case .feature(let feature): return .feature(try reshape(feature, to: extents, as: name))
        case .constant(let constant):
            let counts = extents.compactMap { if case .known(let count) = $0 { count } else { nil } }
            guard counts.count == extents.count, let shape = Shape(checking: counts),
                shape.elementCount == constant.shape.elementCount
            else { throw .unsupported("a constant of shape \(constant.shape) as \(counts)") }
            return .constant(constant.reshaped(shape))
        case .gaussian, .nothing: throw .unsupported("erf other than as a part of gelu")
        }
    }

    mutating func reshape(_ feature: Feature, to extents: [Extent], as name: String) throws(NodeProblem) -> Feature {
        guard extents != feature.extents else { return feature }
        let counts = extents.map { if case .known(let count) = $0 { count } else { -1 } }
        let isBatchFirst = extents.first == .batch && !extents.dropFirst().contains(.batch)
        guard feature.hasFreeBatch ? isBatchFirst : !extents.contains(.batch) else { throw .fixesBatch }
        let isFlat = extents.count == 2 && extents.first == feature.extents.first && feature.shape.rank > 2
        let operation = isFlat ? Operation.flatten(Flatten()) : .reshape(Reshape(extents: counts))
        return try emit(operation, [feature], as: name)
    }
}
