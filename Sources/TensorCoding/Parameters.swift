import ConvolutionEngine

/// The parameters of one operation as they were given, and the ways to ask for them. Null means not given.
struct Parameters {
    /// The operation that they are for.
    let operation: String
    /// Only shapes are asked for: tensors may be missing, and sizes may stand in for them.
    let isShapesOnly: Bool
    private let fields: LayerFields

    /// Refuses what the operation does not know. `others` are keys that are known besides, for the message.
    init(
        _ fields: LayerFields,
        of specification: OperationSpecification,
        isShapesOnly: Bool,
        others: [String]
    ) throws(CodingError) {
        for field in fields.all {
            let known = specification.parameters.first { parameter in parameter.name == field.name }
            guard let known, isShapesOnly || !known.isForShapes else {
                let allowed = specification.parameters
                    .filter { parameter in isShapesOnly || !parameter.isForShapes }
                    .map(\.name)
                let reason = CodingError.Reason.unknownParameter(
                    field.name,
                    owner: specification.name,
                    among: allowed + others
                )
                throw field.error(reason)
            }
        }
        self.fields = fields
        self.isShapesOnly = isShapesOnly
        operation = specification.name
    }

    func missing(_ name: String) -> CodingError {
        CodingError(.missing(parameter: name, owner: operation), place: CodingError.Place(offset: fields.offset))
    }

    /// The error that exactly one of these may be given.
    func exclusive(_ names: [String]) -> CodingError {
        CodingError(.exclusive(given: names), place: CodingError.Place(offset: fields.offset))
    }

    /// Whether it is given, and not null.
    func has(_ name: String) -> Bool {
        guard let field = fields[name] else { return false }
        if case .value(let value) = field.content { return value.type != .null }
        return true
    }
}

// MARK: - Values

extension Parameters {
    /// What `read` makes of the parameter, `nil` when it is not given. Errors point at the parameter.
    func optional<Value>(
        _ name: String,
        _ read: (ParameterValue) throws(CodingError) -> Value
    ) throws(CodingError) -> Value? {
        guard has(name), let field = fields[name] else { return nil }
        do throws(CodingError) {
            return try read(field.value)
        } catch {
            throw error.under(name)
        }
    }

    func required<Value>(
        _ name: String,
        _ read: (ParameterValue) throws(CodingError) -> Value
    ) throws(CodingError) -> Value {
        guard let value = try optional(name, read) else { throw missing(name) }
        return value
    }

    func integer(_ name: String) throws(CodingError) -> Int? {
        try optional(name) { value throws(CodingError) in try value.integer() }
    }

    func double(_ name: String, default standard: Double) throws(CodingError) -> Double {
        try optional(name) { value throws(CodingError) in try value.double() } ?? standard
    }

    func float(_ name: String, default standard: Float) throws(CodingError) -> Float {
        try optional(name) { value throws(CodingError) in try value.float() } ?? standard
    }

    func bool(_ name: String, default standard: Bool) throws(CodingError) -> Bool {
        try optional(name) { value throws(CodingError) in try value.bool() } ?? standard
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _ type: Choice.Type
    ) throws(CodingError) -> Choice? {
        try optional(name) { value throws(CodingError) in try value.choice(type) }
    }

    func spatial(_ name: String, rank: Int, neutral: Int) throws(CodingError) -> Spatial? {
        try optional(name) { value throws(CodingError) in try value.spatial(rank: rank, neutral: neutral) }
    }

    func padding(rank: Int) throws(CodingError) -> Padding {
        try optional("padding") { value throws(CodingError) in try value.padding(rank: rank) } ?? .none
    }
}

// MARK: - Tensors

extension Parameters {
    func tensor(_ name: String) throws(CodingError) -> Tensor? {
        guard has(name), let field = fields[name] else { return nil }
        guard case .tensor(let tensor) = field.content else { throw field.tensorError() }
        return tensor
    }

    /// `nil` only where numbers are not needed.
    func tensorUnlessShapesOnly(_ name: String) throws(CodingError) -> Tensor? {
        let tensor = try tensor(name)
        if tensor == nil, !isShapesOnly { throw missing(name) }
        return tensor
    }

    func indicesUnlessShapesOnly() throws(CodingError) -> IndexTensor? {
        guard has("indices"), let field = fields["indices"] else {
            if isShapesOnly { return nil }
            throw missing("indices")
        }
        guard case .indices(let indices) = field.content else { throw field.tensorError() }
        return indices
    }

    /// The bias, or, where only shapes are asked for, perhaps just whether there is one.
    func bias() throws(CodingError) -> (tensor: Tensor?, isCounted: Bool) {
        if isShapesOnly, let field = fields["bias"], case .value(let value) = field.content,
            case .bool(let isCounted) = value.content
        {
            return (nil, isCounted)
        }
        return (try tensor("bias"), false)
    }
}
