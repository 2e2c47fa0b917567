import ConvolutionEngine

/// The members of a layer, or of a request for one operation, before it is known what they mean: `type` may come last.
///
/// What can be a tensor goes straight to one; everything else is small.
struct LayerFields {
    struct Field {
        enum Content {
            case tensor(Tensor)
            case indices(IndexTensor)
            case value(ParameterValue)
            /// Of a name that no operation knows: checked for its syntax only.
            case unknown
        }

        let name: String
        let offset: Int
        let content: Content
    }

    /// Where the object stands.
    let offset: Int
    private(set) var all: [Field] = []

    init(offset: Int) { self.offset = offset }

    subscript(name: String) -> Field? {
        all.first { field in field.name == name }
    }

    /// Takes a field out, so that it is not taken for a parameter.
    mutating func remove(_ name: String) -> Field? {
        all.firstIndex { field in field.name == name }.map { index in all.remove(at: index) }
    }

    /// Reads the value of a key.
    mutating func read(_ name: String, _ reader: inout JSONReader, limits: CodingLimits) throws(CodingError) {
        let type = try reader.nextType()
        let offset = reader.position
        let isTensor = type == .array || type == .object
        let content: Field.Content
        switch name {
        case "indices" where isTensor: content = .indices(try reader.indexTensor())
        case "input" where isTensor, "weight" where isTensor, "bias" where isTensor,
            "running_mean" where isTensor, "running_var" where isTensor:
            content = .tensor(try reader.tensor())
        case let name where LayerFields.isKnown(name):
            content = .value(try reader.parameterValue(limit: limits.parameterEntries))
        default:
            try reader.skipValue()
            content = .unknown
        }
        all.append(Field(name: name, offset: offset, content: content))
    }

    /// Takes a tensor that came beside the JSON.
    mutating func add(_ name: String, _ tensor: NamedTensor) throws(CodingError) {
        guard self[name] == nil else { throw CodingError(.duplicateKey(name)).under(name) }
        switch tensor {
        case .tensor(let tensor): all.append(Field(name: name, offset: offset, content: .tensor(tensor)))
        case .indices(let indices): all.append(Field(name: name, offset: offset, content: .indices(indices)))
        }
    }

    private static let names = Set(OperationSpecification.all.flatMap(\.parameters).map(\.name))
        .union(["type", "name", "inputs", "input", "encoding"])

    private static func isKnown(_ name: String) -> Bool { names.contains(name) }
}

extension LayerFields.Field {
    /// The value; for a tensor, something that no parameter accepts.
    var value: ParameterValue {
        if case .value(let value) = content { return value }
        return ParameterValue(content: .object, offset: offset)
    }

    func error(_ reason: CodingError.Reason) -> CodingError {
        CodingError(reason, place: CodingError.Place(offset: offset)).under(name)
    }

    func tensorError() -> CodingError {
        error(.type(found: value.type, expected: "a tensor (nested arrays, or an object with \"shape\")"))
    }
}
