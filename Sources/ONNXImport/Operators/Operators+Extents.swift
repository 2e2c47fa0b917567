import ConvolutionEngine

/// What adds cells to axes or takes them away.
extension Operators {
    static func pad(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let rank = input.shape.rank
        let mode: Pad.Mode
        switch try scope.text("mode", default: "constant") {
        case "constant": mode = .constant
        case "reflect": mode = .reflect
        case "edge": mode = .replicate
        case "wrap": mode = .circular
        case let other: throw .attributeValue("mode", found: other)
        }
        let pads: [Int]
        var value: Float
        if scope.opset < 11 {
            guard let given = try scope.optionalIntegers("pads") else { throw .missingAttribute("pads") }
            (pads, value) = (given, try scope.float("value", default: 0))
        } else {
            (pads, value) = (try scope.integers(1), scope.has(2) ? try scope.number(2) : 0)
        }
        let axes = scope.has(3) ? try scope.distinctAxes(3, rank: rank) : Array(0..<rank)
        guard pads.count == 2 * axes.count else { throw .attributeValue("pads", found: "\(pads)") }
        var amounts = [[Int]](repeating: [0, 0], count: rank)
        for (index, axis) in axes.enumerated() { amounts[axis] = [pads[index], pads[index + axes.count]] }
        if mode != .constant { value = 0 }
        guard value.isFinite else { throw .unsupported("padding with \(value)") }
        return [.feature(try importer.pad(input, amounts, mode: mode, value: value, as: scope.output))]
    }

    static func slice(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        let value = try scope.value(0)
        let extents = value.extents
        let (starts, ends, axes, steps): ([Int], [Int], [Int], [Int])
        if scope.opset < 10 {
            guard let begin = try scope.optionalIntegers("starts"), let end = try scope.optionalIntegers("ends") else {
                throw .missingAttribute("starts")
            }
            (starts, ends) = (begin, end)
            axes = try scope.optionalIntegers("axes") ?? Array(0..<begin.count)
            steps = Array(repeating: 1, count: begin.count)
        } else {
            (starts, ends) = (try scope.integers(1), try scope.integers(2))
            axes = scope.has(3) ? try scope.integers(3) : Array(0..<starts.count)
            steps = scope.has(4) ? try scope.integers(4) : Array(repeating: 1, count: starts.count)
        }
        guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
            throw .unsupported(
                "\(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) steps"
            )
        }
        _ = try resolvedAxes(axes, rank: extents.count)
        var ranges = extents.map { (start: 0, count: $0.size, step: 1) }
        for (index, axis) in axes.enumerated() {
            let axis = try resolvedAxis(axis, rank: extents.count)
            let range = try SliceRange(starts[index], ends[index], steps[index], extent: extents[axis].size)
            // All of the batch is taken by an end past any batch.
            if extents[axis] == .batch {
                guard starts[index] == 0, steps[index] == 1, ends[index] >= Int(Int32.max) else { throw .fixesBatch }
                continue
            }
            ranges[axis] = (range.start, range.count, steps[index])
        }
        switch value {
        case .constant(let constant): return [.constant(try importer.fold(slicing: constant, ranges))]
        case .feature(let feature):
            guard ranges.allSatisfy({ $0.step == 1 || $0.count == 1 }) else { throw .unsupported("steps of \(steps)") }
            let amounts = zip(ranges, extents).map { [-$0.start, $0.start + $0.count - $1.size] }
            return [.feature(try importer.pad(feature, amounts, mode: .constant, value: 0, as: scope.output))]
        case .gaussian, .nothing: throw .unsupported("erf other than as a part of gelu")
        }
    }

    static func split(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        let input = try scope.feature(0)
        let axis = try resolvedAxis(try scope.integer("axis", default: 0), rank: input.shape.rank)
        guard axis > 0 || !input.hasFreeBatch else { throw .fixesBatch }
        let extent = input.shape[axis]
        let count = scope.record.outputs.count
        let parts = try scope.integer("num_outputs", default: count)
        guard count >= 1, parts == count else { throw .attributeValue("num_outputs", found: "\(parts)") }
        let given = scope.opset < 13 ? try scope.optionalIntegers("split") : scope.has(1) ? try scope.integers(1) : nil
        // Without sizes all parts are as large, but for a smaller last one.
        let size = (extent + count - 1) / count
        let sizes = given ?? (0..<count).map { min(size, extent - $0 * size) }
        guard sizes.count == count, sizes.allSatisfy({ (1...extent).contains($0) }), sizes.reduce(0, +) == extent else {
            throw .unsupported("parts of \(sizes) of an extent of \(extent)")
        }
        var results: [Value] = []
        var start = 0
        for (size, name) in zip(sizes, scope.record.outputs) {
            var amounts = [[Int]](repeating: [0, 0], count: input.shape.rank)
            amounts[axis] = [-start, start + size - extent]
            start += size
            // A part that nobody asks for has no name.
            let part =
                name.isEmpty
                ? .nothing
                : Value.feature(
                    try importer.pad(input, amounts, mode: .constant, value: 0, as: name)
                )
            results.append(part)
        }
        return results
    }
}

/// What a slice takes of one axis.
private struct SliceRange {
    let start: Int
    let count: Int

    /// Starts and ends are counted from the end where they are negative, and brought inside.
    init(_ start: Int, _ end: Int, _ step: Int, extent: Int) throws(NodeProblem) {
        guard step != 0, step != .min else { throw .attributeValue("steps", found: "\(step)") }
        func inside(_ index: Int, _ range: ClosedRange<Int>) -> Int {
            min(max(index < 0 ? index + extent : index, range.lowerBound), range.upperBound)
        }
        let isForward = step > 0
        let first = inside(start, isForward ? 0...extent : 0...max(extent - 1, 0))
        let last = isForward ? inside(end, 0...extent) : inside(end, -1...max(extent - 1, -1))
        let distance = isForward ? last - first : first - last
        self.start = first
        // Backwards the start is never before the first element, which an empty axis does not have.
        count = extent == 0 || distance <= 0 ? 0 : (distance - 1) / abs(step) + 1
    }
}

extension Extent {
    /// 1 for the batch.
    fileprivate var size: Int { if case .known(let count) = self { count } else { 1 } }
}

extension NodeScope {
    /// A constant of axis numbers, in its order, each once.
    fileprivate func distinctAxes(_ index: Int, rank: Int) throws(NodeProblem) -> [Int] {
        let given = try integers(index)
        _ = try resolvedAxes(given, rank: rank)
        var axes: [Int] = []
        for axis in given { axes.append(try resolvedAxis(axis, rank: rank)) }
        return axes
    }
}

extension GraphImporter {
    /// `amounts` has a pair for every axis; where all are zero, the feature is what it was.
    fileprivate mutating func pad(
        _ feature: Feature,
        _ amounts: [[Int]],
        mode: Pad.Mode,
        value: Float,
        as name: String
    ) throws(NodeProblem) -> Feature {
        guard let first = amounts.firstIndex(where: { $0 != [0, 0] }) else { return feature }
        guard first > 0 || !feature.hasFreeBatch else { throw .fixesBatch }
        var layer = Pad(amounts: Array(amounts[first...]))
        (layer.mode, layer.value) = (mode, value)
        return try emit(.pad(layer), [feature], as: name)
    }
}
