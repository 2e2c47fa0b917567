import ConvolutionEngine

/// A node while its operator turns it into layers: its inputs and attributes, by what the operator expects of them.
struct NodeScope {
    let record: NodeRecord
    /// Of ONNX's own domain.
    let opset: Int64
    let source: TensorRecord.Source
    /// One for each input of the record; `nil` where an optional one is left out.
    let inputs: [Value?]
    /// The attributes that the operator has looked at.
    private var looked: Set<String> = []

    init(_ record: NodeRecord, opset: Int64, inputs: [Value?], source: TensorRecord.Source) {
        (self.record, self.opset, self.inputs, self.source) = (record, opset, inputs, source)
    }

    /// What the node's first result is called.
    var output: String { record.outputs.first ?? "" }

    /// Throws when there is an attribute that the operator does not know.
    func checkAttributes() throws(NodeProblem) {
        let unknown = record.attributes.keys.filter { !looked.contains($0) }
        if let first = unknown.min() { throw .unknownAttribute(first) }
    }
}

// MARK: - Inputs

extension NodeScope {
    func has(_ index: Int) -> Bool { index < inputs.count && inputs[index] != nil }

    func value(_ index: Int) throws(NodeProblem) -> Value {
        guard index < inputs.count, let value = inputs[index] else { throw .missingInput(index) }
        return value
    }

    /// What layers computed.
    func feature(_ index: Int) throws(NodeProblem) -> Feature {
        switch try value(index) {
        case .feature(let feature): return feature
        case .constant: throw .constant(record.inputs[index])
        case .gaussian, .nothing: throw .unsupported("erf other than as a part of gelu")
        }
    }

    func constant(_ index: Int) throws(NodeProblem) -> Constant {
        guard case .constant(let constant) = try value(index) else { throw .notConstant(record.inputs[index]) }
        return constant
    }

    /// A constant of floating-point numbers.
    func tensor(_ index: Int) throws(NodeProblem) -> Tensor {
        guard case .numbers(let tensor) = try constant(index).elements else {
            throw .tensor(record.inputs[index], .elementType(7))
        }
        return tensor
    }

    func optionalTensor(_ index: Int) throws(NodeProblem) -> Tensor? { has(index) ? try tensor(index) : nil }

    /// A constant of integers.
    func extents(_ index: Int) throws(NodeProblem) -> [Extent] {
        guard case .extents(let extents) = try constant(index).elements else {
            throw .tensor(record.inputs[index], .elementType(1))
        }
        return extents
    }

    /// A constant of integers, none of which is the free batch.
    func integers(_ index: Int) throws(NodeProblem) -> [Int] {
        var integers: [Int] = []
        for extent in try extents(index) {
            guard case .known(let integer) = extent else { throw .fixesBatch }
            integers.append(integer)
        }
        return integers
    }

    /// One number, of a constant with one element.
    func number(_ index: Int) throws(NodeProblem) -> Float {
        let tensor = try tensor(index)
        guard tensor.shape.elementCount == 1 else {
            throw .tensor(record.inputs[index], .count(found: tensor.shape.elementCount, expected: 1))
        }
        return tensor.elements[0]
    }

    /// Axis numbers that an older operator has as the attribute `axes`, a newer one as its input `index`; `nil` where
    /// neither is given.
    mutating func axes(input index: Int, since: Int64) throws(NodeProblem) -> [Int]? {
        if opset < since { return try optionalIntegers("axes") }
        return has(index) ? try integers(index) : nil
    }
}

// MARK: - Attributes

extension NodeScope {
    /// Looks at an attribute that changes nothing here.
    mutating func ignore(_ names: String...) { looked.formUnion(names) }

    mutating func optionalInteger(_ name: String) throws(NodeProblem) -> Int? {
        looked.insert(name)
        switch record.attributes[name] {
        case nil: return nil
        case .integer(let value)?: return Int(value)
        default: throw .attributeType(name)
        }
    }

    mutating func integer(_ name: String, default standard: Int) throws(NodeProblem) -> Int {
        try optionalInteger(name) ?? standard
    }

    mutating func flag(_ name: String) throws(NodeProblem) -> Bool { try integer(name, default: 0) != 0 }

    mutating func optionalIntegers(_ name: String) throws(NodeProblem) -> [Int]? {
        looked.insert(name)
        switch record.attributes[name] {
        case nil: return nil
        case .integers(let values)?: return values.map { Int($0) }
        default: throw .attributeType(name)
        }
    }

    mutating func optionalFloat(_ name: String) throws(NodeProblem) -> Float? {
        looked.insert(name)
        switch record.attributes[name] {
        case nil: return nil
        case .float(let value)?: return value
        default: throw .attributeType(name)
        }
    }

    mutating func float(_ name: String, default standard: Float) throws(NodeProblem) -> Float {
        try optionalFloat(name) ?? standard
    }

    mutating func text(_ name: String, default standard: String) throws(NodeProblem) -> String {
        looked.insert(name)
        switch record.attributes[name] {
        case nil: return standard
        case .text(let value)?: return value
        default: throw .attributeType(name)
        }
    }

    mutating func optionalFloats(_ name: String) throws(NodeProblem) -> [Float]? {
        looked.insert(name)
        switch record.attributes[name] {
        case nil: return nil
        case .floats(let values)?: return values
        default: throw .attributeType(name)
        }
    }

    mutating func optionalTensor(_ name: String) throws(NodeProblem) -> TensorRecord? {
        looked.insert(name)
        switch record.attributes[name] {
        case nil: return nil
        case .tensor(let record)?: return record
        default: throw .attributeType(name)
        }
    }
}

// MARK: - Axes

/// An axis number from 0, of one that may be negative from the end.
func resolvedAxis(_ axis: Int, rank: Int) throws(NodeProblem) -> Int {
    guard axis >= -rank, axis < rank else { throw .attributeValue("axis", found: "\(axis)") }
    return axis < 0 ? axis + rank : axis
}

/// The same for several, each once, in ascending order.
func resolvedAxes(_ axes: [Int], rank: Int) throws(NodeProblem) -> [Int] {
    var resolved: Set<Int> = []
    for axis in axes {
        guard resolved.insert(try resolvedAxis(axis, rank: rank)).inserted else {
            throw .attributeValue("axes", found: "\(axes)")
        }
    }
    return resolved.sorted()
}
