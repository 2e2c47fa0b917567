import ConvolutionEngine

extension Operators {
    /// What makes constants, or is computed of constants alone.
    static let constants: [String: Conversion] = [
        "Constant": constant, "ConstantOfShape": constantOfShape, "Shape": shape, "Gather": gather, "Cast": cast,
        "Floor": rounded(.down), "Ceil": rounded(.up),
    ]

    private static func constant(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem)
        -> [Value]
    {
        if let record = try scope.optionalTensor("value") { return [.constant(try importer.constant(record))] }
        if let value = try scope.optionalFloat("value_float") { return [.constant(try list([value], isScalar: true))] }
        if let values = try scope.optionalFloats("value_floats") {
            return [.constant(try list(values, isScalar: false))]
        }
        if let value = try scope.optionalInteger("value_int"), let shape = Shape(checking: []),
            let constant = Constant([.known(value)], shape: shape)
        {
            return [.constant(constant)]
        }
        if let values = try scope.optionalIntegers("value_ints"), let constant = Constant(values.map { .known($0) }) {
            return [.constant(constant)]
        }
        throw .missingAttribute("value")
    }

    private static func list(_ values: [Float], isScalar: Bool) throws(NodeProblem) -> Constant {
        guard let shape = Shape(checking: isScalar ? [] : [values.count]),
            let tensor = Tensor(shape: shape, elements: values)
        else { throw .attributeType("value") }
        return Constant(tensor)
    }

    private static func constantOfShape(
        _ importer: inout GraphImporter,
        _ scope: inout NodeScope
    ) throws(NodeProblem) -> [Value] {
        let extents = try scope.integers(0)
        let value: Constant
        if let record = try scope.optionalTensor("value") {
            value = try importer.constant(record)
        } else {
            value = try list([0], isScalar: false)
        }
        guard value.shape.elementCount == 1 else { throw .attributeType("value") }
        let shape = try importer.reserve(Shape(checking: extents))
        let places = [Int](repeating: 0, count: shape.elementCount)
        return [.constant(try importer.fold(value, taking: places, shape: shape))]
    }

    private static func shape(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value]
    {
        let extents = try scope.value(0).extents
        func clamped(_ index: Int) -> Int { min(max(index < 0 ? index &+ extents.count : index, 0), extents.count) }
        let start = clamped(try scope.integer("start", default: 0))
        let end = clamped(try scope.integer("end", default: extents.count))
        guard let constant = Constant(Array(extents[start..<max(start, end)])) else {
            throw .unsupported("a shape of \(extents.count) axes")
        }
        return [.constant(constant)]
    }

    private static func gather(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value]
    {
        let axis = try scope.integer("axis", default: 0)
        return [.constant(try importer.fold(gathering: try scope.constant(0), try scope.constant(1), axis: axis))]
    }

    /// Of features only to float32, which they are; constants may become integers and back.
    private static func cast(_ importer: inout GraphImporter, _ scope: inout NodeScope) throws(NodeProblem) -> [Value] {
        scope.ignore("saturate", "round_mode")
        guard let type = try scope.optionalInteger("to") else { throw .missingAttribute("to") }
        let toNumbers = [1, 10, 11, 16].contains(type)
        guard toNumbers || [2, 3, 5, 6, 7].contains(type) else { throw .unsupported("element type \(type)") }
        let value = try scope.value(0)
        guard case .constant(let constant) = value else {
            guard type == 1, case .feature = value else { throw .unsupported("element type \(type)") }
            return [value]
        }
        switch constant.elements {
        case .numbers(let tensor) where !toNumbers:
            var extents: [Extent] = []
            for index in tensor.elements.indices {
                guard let integer = Int(exactly: tensor.elements[index].rounded(.towardZero)) else {
                    throw .unsupported("the number \(tensor.elements[index]) as an integer")
                }
                extents.append(.known(integer))
            }
            guard let cast = Constant(extents, shape: constant.shape) else { throw .unsupported("this constant") }
            return [.constant(cast)]
        case .extents(let extents) where toNumbers:
            var numbers: [Float] = []
            for extent in extents {
                guard case .known(let number) = extent else { throw .fixesBatch }
                numbers.append(Float(number))
            }
            guard let tensor = Tensor(shape: constant.shape, elements: numbers) else {
                throw .unsupported("this constant")
            }
            return [.constant(Constant(tensor))]
        default: return [value]
        }
    }

    private static func rounded(_ rule: FloatingPointRoundingRule) -> Conversion {
        { _, scope throws(NodeProblem) in
            guard case .numbers(let tensor) = try scope.constant(0).elements else { return [try scope.value(0)] }
            return [.constant(Constant(tensor.mapped { $0.rounded(rule) }))]
        }
    }
}

extension GraphImporter {
    fileprivate func constant(_ record: TensorRecord) throws(NodeProblem) -> Constant {
        do throws(TensorFault) {
            return try Constant(record, source)
        } catch {
            throw .tensor(record.name, error)
        }
    }
}
