import ConvolutionEngine

/// The members of a layer, or of a request for one operation: read before it is known what they mean, as `type` may come
/// last, and asked for by the operation.
///
/// What can be a tensor goes straight to one. Of everything else only the syntax and the size are checked, and where it
/// stands is noted: it is read when an operation asks for it, as what the operation says it is. Null means not given.
struct Parameters: ~Copyable, ~Escapable {
    /// Where the object stands.
    let offset: Int
    /// The whole body.
    private let bytes: RawSpan
    private(set) var names: MemberNames = []
    /// By name: where the value stands. Of a tensor that came beside the JSON, where the object does.
    private var places = InlineArray<64, Int>(repeating: 0)
    private var tensors = LayerTensors()
    private var indices: IndexTensor?
    /// The first key that no operation knows.
    private var stranger: (key: String, offset: Int)?
    /// Whose parameters they are, once that is known.
    private var owner = ""
    /// Only shapes are asked for: tensors may be missing, and sizes may stand in for them.
    private(set) var isShapesOnly = false

    /// The reader stands on the object.
    @inline(__always)
    @_lifetime(copy reader)
    init(_ reader: borrowing JSONReader) {
        bytes = reader.bytes
        offset = reader.position
    }

    /// Reads the value of a key.
    @_lifetime(self: copy self)
    mutating func read(_ key: JSONKey, _ reader: inout JSONReader, limits: CodingLimits) throws(CodingError) {
        let type = try reader.nextType()
        let place = reader.position
        guard let name = key.name, Parameters.known.contains(name) else {
            try reader.skipValue()
            if stranger == nil { stranger = (reader.text(key), place) }
            return
        }
        names.insert(name)
        places[name.index] = place
        let isTensor = type == .array || type == .object
        switch name {
        case .indices where isTensor: indices = try reader.indexTensor()
        case .input where isTensor, .weight where isTensor, .bias where isTensor,
            .runningMean where isTensor, .runningVariance where isTensor:
            tensors[name] = try reader.tensor()
        default: try reader.passParameter(limit: limits.parameterEntries)
        }
    }

    /// Takes a tensor that came beside the JSON.
    @_lifetime(self: copy self)
    mutating func add(_ key: String, _ tensor: NamedTensor) throws(CodingError) {
        guard let name = ShortText(key).flatMap({ MemberName($0) }), Parameters.known.contains(name) else {
            guard stranger?.key != key else { throw CodingError(.duplicateKey(key)).under(key) }
            if stranger == nil { stranger = (key, offset) }
            return
        }
        guard names.insert(name) else { throw CodingError(.duplicateKey(key)).under(key) }
        places[name.index] = offset
        switch tensor {
        case .tensor(let tensor): tensors[name] = tensor
        case .indices(let indices): self.indices = indices
        }
    }

    /// Refuses what the operation does not know. `others` are keys that are known besides.
    @_lifetime(self: copy self)
    mutating func check(
        for operation: OperationSpecification,
        isShapesOnly: Bool,
        others: [MemberName]
    ) throws(CodingError) {
        owner = operation.name
        self.isShapesOnly = isShapesOnly
        var known = isShapesOnly ? operation.known : operation.knownForNumbers
        for name in others { known.insert(name) }
        guard stranger != nil || !names.subtracting(known).isEmpty, let unknown = first(outside: known) else { return }
        let allowed = operation.parameters.filter { isShapesOnly || !$0.isForShapes }.map(\.name)
        let reason = CodingError.Reason.unknownParameter(
            unknown.key,
            owner: owner,
            among: allowed + others.map(\.rawValue)
        )
        throw reader.error(reason, at: unknown.offset).under(unknown.key)
    }

    /// The first key that is not among `allowed`, and where its value stands.
    @inline(never)
    private func first(outside allowed: MemberNames) -> (key: String, offset: Int)? {
        let others = names.subtracting(allowed)
        if others.isEmpty { return stranger }
        let given = MemberName.allCases.filter { others.contains($0) }.map {
            (key: $0.rawValue, offset: places[$0.index])
        }
        // What came beside the JSON comes last.
        func order(_ offset: Int) -> Int { offset == self.offset ? Int.max : offset }
        return (given + (stranger.map { [$0] } ?? [])).min { order($0.offset) < order($1.offset) }
    }

    /// What an operation knows, and what is known besides.
    private static let known = OperationSpecification.all.reduce(
        into: [.type, .name, .inputs, .input, .encoding] as MemberNames
    ) { known, operation in known.formUnion(operation.known) }
}

extension Parameters {
    func place(of name: MemberName) -> Int { places[name.index] }

    /// For what is no tensor, from the beginning of the body.
    var reader: JSONReader {
        @_lifetime(copy self)
        get { JSONReader(bytes) }
    }

    /// What `read` makes of the parameter; `nil` when it is not given. Errors point at the parameter.
    func optional<Value>(
        _ name: MemberName,
        _ read: (inout JSONReader) throws(CodingError) -> Value
    ) throws(CodingError) -> Value? {
        guard names.contains(name) else { return nil }
        var reader = reader
        reader.position = place(of: name)
        do throws(CodingError) {
            return try reader.nextType() == .null ? nil : try read(&reader)
        } catch {
            throw error.under(name.rawValue)
        }
    }

    func tensor(_ name: MemberName) throws(CodingError) -> Tensor? {
        if let tensor = tensors[name] { return tensor }
        return try optional(name) { reader throws(CodingError) in throw try reader.noTensor() }
    }

    /// What no operation asks for as a parameter; handed over once.
    @_lifetime(self: copy self)
    mutating func takeInputTensor() -> Tensor? { tensors.takeInput() }

    func indexTensor() throws(CodingError) -> IndexTensor? {
        if let indices { return indices }
        return try optional(.indices) { reader throws(CodingError) in throw try reader.noTensor() }
    }

    /// Throws at the first tensor with an element that is NaN or infinite.
    func checkFinite() throws(CodingError) {
        for name in [.weight, .bias, .runningMean, .runningVariance] as [MemberName] {
            guard let index = tensors[name]?.firstNonfinite else { continue }
            throw reader.error(.notFinite(index: index), at: place(of: name)).under(name.rawValue)
        }
    }

    func missing(_ name: MemberName) -> CodingError {
        reader.error(.missing(parameter: name.rawValue, owner: owner), at: offset)
    }

    /// The error that exactly one of these may be given.
    func exclusive(_ names: [MemberName]) -> CodingError {
        reader.error(.exclusive(given: names.map(\.rawValue)), at: offset)
    }
}

/// The tensors that a layer, or a request, may have.
private struct LayerTensors {
    private var input: Tensor?
    private var weight: Tensor?
    private var bias: Tensor?
    private var runningMean: Tensor?
    private var runningVariance: Tensor?

    mutating func takeInput() -> Tensor? {
        var taken: Tensor?
        swap(&taken, &input)
        return taken
    }

    subscript(name: MemberName) -> Tensor? {
        get {
            switch name {
            case .input: input
            case .weight: weight
            case .bias: bias
            case .runningMean: runningMean
            case .runningVariance: runningVariance
            default: nil
            }
        }
        set {
            switch name {
            case .input: input = newValue
            case .weight: weight = newValue
            case .bias: bias = newValue
            case .runningMean: runningMean = newValue
            case .runningVariance: runningVariance = newValue
            default: break
            }
        }
    }
}
