import ConvolutionEngine

/// The members of a layer, or of a request for one operation, before it is known what they mean: `type` may come last.
///
/// What can be a tensor goes straight to one. Of everything else only the syntax and the size are checked, and where it
/// stands is noted: it is read when an operation asks for it, as what the operation says it is.
struct LayerFields: ~Copyable {
    /// Where the object stands.
    let offset: Int
    private(set) var names: MemberNames = []
    /// By name: where the value stands. Of a tensor that came beside the JSON, where the object does.
    private var places = InlineArray<64, Int>(repeating: 0)
    private var tensors = LayerTensors()
    private(set) var indices: IndexTensor?
    /// The first key that no operation knows.
    private var stranger: (key: String, offset: Int)?

    init(offset: Int) { self.offset = offset }

    /// Reads the value of a key.
    mutating func read(_ key: JSONKey, _ reader: inout JSONReader, limits: CodingLimits) throws(CodingError) {
        let type = try reader.nextType()
        let place = reader.position
        guard let name = key.name, LayerFields.known.contains(name) else {
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
    mutating func add(_ key: String, _ tensor: NamedTensor) throws(CodingError) {
        guard let name = ShortText(key).flatMap({ MemberName($0) }), LayerFields.known.contains(name) else {
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

    /// The first key that is not among `allowed`, and where its value stands.
    func first(outside allowed: MemberNames) -> (key: String, offset: Int)? {
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

// MARK: - Values

extension LayerFields {
    func place(of name: MemberName) -> Int { places[name.index] }

    /// What `read` makes of the value of a key; `nil` when it is not there, or null. Errors point at the value.
    func value<Value>(
        of name: MemberName,
        in reader: borrowing JSONReader,
        _ read: (inout JSONReader) throws(CodingError) -> Value
    ) throws(CodingError) -> Value? {
        guard names.contains(name) else { return nil }
        var reader = copy reader
        reader.position = places[name.index]
        do throws(CodingError) {
            return try reader.nextType() == .null ? nil : try read(&reader)
        } catch {
            throw error.under(name.rawValue)
        }
    }

    func tensor(_ name: MemberName, in reader: borrowing JSONReader) throws(CodingError) -> Tensor? {
        if let tensor = tensors[name] { return tensor }
        return try value(of: name, in: reader) { reader throws(CodingError) in throw try reader.noTensor() }
    }
}

extension LayerFields {
    /// Throws at the first tensor with an element that is NaN or infinite.
    func checkFinite(in reader: borrowing JSONReader) throws(CodingError) {
        for name in [.weight, .bias, .runningMean, .runningVariance] as [MemberName] {
            guard let index = tensors[name]?.firstNonfinite else { continue }
            throw reader.error(.notFinite(index: index), at: places[name.index]).under(name.rawValue)
        }
    }
}

/// The tensors that a layer, or a request, may have.
private struct LayerTensors {
    private var input: Tensor?
    private var weight: Tensor?
    private var bias: Tensor?
    private var runningMean: Tensor?
    private var runningVariance: Tensor?

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
