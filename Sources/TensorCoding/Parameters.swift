import ConvolutionEngine

/// The parameters of one operation as they were given, and the ways to ask for them. Null means not given.
struct Parameters: ~Copyable, ~Escapable {
    private let operation: OperationSpecification
    /// Only shapes are asked for: tensors may be missing, and sizes may stand in for them.
    let isShapesOnly: Bool
    private let fields: LayerFields
    private let reader: JSONReader

    /// Refuses what the operation does not know. `others` are keys that are known besides.
    @_lifetime(copy reader)
    init(
        _ fields: consuming LayerFields,
        of operation: OperationSpecification,
        isShapesOnly: Bool,
        others: [MemberName],
        _ reader: JSONReader
    ) throws(CodingError) {
        self.operation = operation
        self.isShapesOnly = isShapesOnly
        self.fields = fields
        self.reader = reader
        var known = isShapesOnly ? operation.known : operation.knownForNumbers
        for name in others { known.insert(name) }
        guard let unknown = self.fields.first(outside: known) else { return }
        let allowed = operation.parameters.filter { isShapesOnly || !$0.isForShapes }.map(\.name)
        let reason = CodingError.Reason.unknownParameter(
            unknown.key,
            owner: operation.name,
            among: allowed + others.map(\.rawValue)
        )
        throw reader.error(reason, at: unknown.offset).under(unknown.key)
    }

    func missing(_ name: MemberName) -> CodingError {
        reader.error(.missing(parameter: name.rawValue, owner: operation.name), at: fields.offset)
    }

    /// The error that exactly one of these may be given.
    func exclusive(_ names: [MemberName]) -> CodingError {
        reader.error(.exclusive(given: names.map(\.rawValue)), at: fields.offset)
    }
}

// MARK: - Values

extension Parameters {
    /// What `read` makes of the parameter, `nil` when it is not given. Errors point at the parameter.
    func optional<Value>(
        _ name: MemberName,
        _ read: (inout JSONReader) throws(CodingError) -> Value
    ) throws(CodingError) -> Value? {
        try fields.value(of: name, in: reader, read)
    }

    func required<Value>(
        _ name: MemberName,
        _ read: (inout JSONReader) throws(CodingError) -> Value
    ) throws(CodingError) -> Value {
        guard let value = try optional(name, read) else { throw missing(name) }
        return value
    }

    func integer(_ name: MemberName) throws(CodingError) -> Int? {
        try optional(name) { reader throws(CodingError) in try reader.integer() }
    }

    func requiredInteger(_ name: MemberName) throws(CodingError) -> Int {
        try required(name) { reader throws(CodingError) in try reader.integer() }
    }

    func double(_ name: MemberName, default standard: Double) throws(CodingError) -> Double {
        try optional(name) { reader throws(CodingError) in try reader.double() } ?? standard
    }

    func float(_ name: MemberName, default standard: Float) throws(CodingError) -> Float {
        try optional(name) { reader throws(CodingError) in try reader.float() } ?? standard
    }

    func bool(_ name: MemberName, default standard: Bool) throws(CodingError) -> Bool {
        try optional(name) { reader throws(CodingError) in try reader.flag() } ?? standard
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: MemberName,
        _ type: Choice.Type
    ) throws(CodingError) -> Choice? {
        try optional(name) { reader throws(CodingError) in try reader.choice(type) }
    }

    func spatial(_ name: MemberName, rank: Int, neutral: Int) throws(CodingError) -> Spatial? {
        try optional(name) { reader throws(CodingError) in try reader.spatial(rank: rank, neutral: neutral) }
    }

    func requiredSpatial(_ name: MemberName, rank: Int, neutral: Int) throws(CodingError) -> Spatial {
        try required(name) { reader throws(CodingError) in try reader.spatial(rank: rank, neutral: neutral) }
    }

    func padding(rank: Int) throws(CodingError) -> Padding {
        try optional(.padding) { reader throws(CodingError) in try reader.padding(rank: rank) } ?? .none
    }
}

// MARK: - Tensors

extension Parameters {
    func tensor(_ name: MemberName) throws(CodingError) -> Tensor? { try fields.tensor(name, in: reader) }

    /// `nil` only where numbers are not needed.
    func tensorUnlessShapesOnly(_ name: MemberName) throws(CodingError) -> Tensor? {
        let tensor = try tensor(name)
        if tensor == nil, !isShapesOnly { throw missing(name) }
        return tensor
    }

    func indicesUnlessShapesOnly() throws(CodingError) -> IndexTensor? {
        if let indices = fields.indices { return indices }
        let other: IndexTensor? = try optional(.indices) { reader throws(CodingError) in throw try reader.noTensor() }
        if other == nil, !isShapesOnly { throw missing(.indices) }
        return other
    }

    /// The bias, or, where only shapes are asked for, perhaps just whether there is one.
    func bias() throws(CodingError) -> (tensor: Tensor?, isCounted: Bool) {
        if isShapesOnly {
            let isCounted = try optional(.bias) { reader throws(CodingError) in
                try reader.nextType() == .bool ? try reader.flag() : nil
            }
            if let isCounted = isCounted.flatMap({ $0 }) { return (nil, isCounted) }
        }
        return (try tensor(.bias), false)
    }
}
