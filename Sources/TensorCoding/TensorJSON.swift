import ConvolutionEngine

extension JSONReader {
    /// Reads a tensor in any of its three forms.
    mutating func tensor() throws(CodingError) -> Tensor {
        var elements = FloatElements()
        switch try tensorForm(&elements) {
        case .named(let name, let start):
            guard case .tensor(let tensor)? = beside(name) else { throw noTensor(name, at: start) }
            return tensor
        case .elements(let shape):
            guard let tensor = elements.tensor(shape: shape) else { throw CodingError(.shapeOverflow(Array(shape))) }
            return tensor
        case .binary(let binary):
            return try withText(of: binary) { text throws(CodingError) in
                try unsafe Tensor(shape: binary.shape) { floats throws(CodingError) in
                    unsafe try binary.type.convert(base64: text, to: floats)
                }
            }
        }
    }

    /// Reads whole numbers, exactly, in any of the three forms.
    mutating func indexTensor() throws(CodingError) -> IndexTensor {
        var elements = IndexElements()
        let shape: Shape
        let values: [Int64]
        switch try tensorForm(&elements) {
        case .named(let name, let start):
            guard case .indices(let indices)? = beside(name) else { throw noTensor(name, at: start) }
            return indices
        case .elements(let found):
            shape = found
            values = elements.values
        case .binary(let binary):
            guard ElementType.integers.contains(binary.type) else {
                let allowed = ElementType.integers.map(\.rawValue)
                let reason = CodingError.Reason.choice(found: binary.type.rawValue, allowed: allowed, nearest: nil)
                throw error(reason, at: binary.typeOffset).under("dtype")
            }
            shape = binary.shape
            values = try withText(of: binary) { text throws(CodingError) in
                let octets = try Base64.octets(text)
                return unsafe binary.type.indices(octets.span.bytes)
            }
        }
        guard let indices = IndexTensor(shape: shape, values: values) else {
            throw CodingError(.shapeOverflow(Array(shape)))
        }
        return indices
    }
}

/// What a tensor turned out to be.
private enum TensorForm {
    /// Nested or flat: the elements have been read, as many as the shape says.
    case elements(Shape)
    case binary(BinaryTensor)
    /// One of those that came beside the JSON, and where its name stands.
    case named(String, start: Int)
}

/// A base64 tensor before its text is decoded.
private struct BinaryTensor {
    let shape: Shape
    let type: ElementType
    let typeOffset: Int
    let text: StringToken
}

/// The members of a tensor that is an object.
private struct TensorMembers {
    var shape: [Int]?
    var dataCount: Int?
    var type: ElementType?
    var text: StringToken?
    var name: String?
    /// Which are there, and where those stand that an error may be about.
    var names: MemberNames = []
    var shapeOffset = 0
    var dataOffset = 0
    var typeOffset = 0
    var nameOffset = 0
}

extension JSONReader {
    /// A tensor that came beside the JSON.
    private func beside(_ name: String) -> NamedTensor? {
        if let weights { return weights.take(name) }
        uses?.note(name)
        return named[name]
    }

    private func noTensor(_ name: String, at offset: Int) -> CodingError {
        let names = weights?.names ?? named.all.map(\.name)
        return error(.noTensor(name, nearest: nearestName(to: name, in: names)), at: offset).under("tensor")
    }

    private mutating func tensorForm<Elements: TensorElements & ~Copyable>(
        _ elements: inout Elements
    ) throws(CodingError) -> TensorForm {
        let start = position
        switch try nextType() {
        case .array: return .elements(try nested(&elements))
        case .object: return try form(tensorMembers(&elements), start: start)
        case let found:
            throw error(
                .type(found: found, expected: "a tensor (nested arrays, or an object with \"shape\")"),
                at: start
            )
        }
    }

    private mutating func tensorMembers<Elements: TensorElements & ~Copyable>(
        _ elements: inout Elements
    ) throws(CodingError) -> TensorMembers {
        var members = TensorMembers()
        try self.members { reader, key throws(CodingError) in
            reader.skipWhitespace()
            let offset = reader.position
            if let name = key.name { members.names.insert(name) }
            switch key.name {
            case .shape?: (members.shape, members.shapeOffset) = (try reader.extents(), offset)
            case .data?: (members.dataCount, members.dataOffset) = (try reader.data(&elements), offset)
            case .dtype?: (members.type, members.typeOffset) = (try reader.elementType(), offset)
            case .tensor? where !reader.named.all.isEmpty || reader.weights != nil:
                let token = try reader.expect(.string, "the name of a tensor of the file") {
                    reader throws(CodingError) in try reader.string()
                }
                (members.name, members.nameOffset) = (reader.text(token), offset)
            case .base64?:
                members.text = try reader.expect(.string, "a string of base64") { reader throws(CodingError) in
                    try reader.string()
                }
            default:
                let known = ["shape", "data", "dtype", "data_base64"]
                let reason = CodingError.Reason.unknownParameter(reader.text(key), owner: "tensor", among: known)
                throw reader.error(reason, at: offset)
            }
        }
        return members
    }

    private func form(_ members: TensorMembers, start: Int) throws(CodingError) -> TensorForm {
        if let name = members.name {
            guard members.names.subtracting([.tensor]).isEmpty else {
                let given = MemberName.allCases.filter { members.names.contains($0) }.map(\.rawValue)
                throw error(.exclusive(given: given.sorted()), at: start)
            }
            return .named(name, start: members.nameOffset)
        }
        guard let extents = members.shape else { throw error(.missing(parameter: "shape", owner: "tensor"), at: start) }
        guard let shape = Shape(checking: extents) else {
            throw error(.shapeOverflow(extents), at: members.shapeOffset).under("shape")
        }
        switch (members.dataCount, members.text) {
        case (nil, nil): throw error(.missing(parameter: "data", owner: "tensor"), at: start)
        case (_?, _?): throw error(.exclusive(given: ["data", "data_base64"]), at: start)
        case (let count?, nil):
            guard members.type == nil else { throw error(.exclusive(given: ["data", "dtype"]), at: start) }
            // Either may be the wrong one: the tensor as a whole is to blame.
            guard count == shape.elementCount else {
                throw error(.elementCount(found: count, shape: extents), at: members.dataOffset)
            }
            return .elements(shape)
        case (nil, let text?):
            let type = members.type ?? .float32
            return .binary(BinaryTensor(shape: shape, type: type, typeOffset: members.typeOffset, text: text))
        }
    }

    /// `[1,3,224,224]`; at least one extent, each at least 0.
    mutating func extents() throws(CodingError) -> [Int] {
        let start = position
        return try expect(.array, "a list of extents") { reader throws(CodingError) in
            var extents: [Int] = []
            try reader.open()
            while try reader.nextElement(isFirst: extents.isEmpty) {
                guard extents.count < Shape.maximumRank else {
                    throw reader.error(.tooManyAxes(limit: Shape.maximumRank), at: start)
                }
                do throws(CodingError) {
                    extents.append(try reader.extent())
                } catch {
                    throw error.under(extents.count)
                }
            }
            if extents.isEmpty { throw reader.error(.noAxes, at: start) }
            return extents
        }
    }

    private mutating func extent() throws(CodingError) -> Int {
        let start = position
        return try expect(.number, "an integer") { reader throws(CodingError) in
            let extent = try reader.int64()
            guard extent >= 0 else { throw reader.error(.belowMinimum(number: "\(extent)", minimum: 0), at: start) }
            return Int(extent)
        }
    }

    /// `[1,2,3]`; gives the count.
    private mutating func data<Elements: TensorElements & ~Copyable>(
        _ elements: inout Elements
    ) throws(CodingError) -> Int {
        let start = position
        let found = try nextType()
        guard found == .array else { throw error(.type(found: found, expected: "a list of numbers"), at: start) }
        if let shape = elements.readShared(&self, rank: 1) { return shape.elementCount }
        try open()
        guard try nextElement(isFirst: true) else { return 0 }
        return try elements.readRow(&self)
    }

    private mutating func elementType() throws(CodingError) -> ElementType {
        let start = position
        return try expect(.string, "the name of an element type") { reader throws(CodingError) in
            let name = reader.text(try reader.string())
            guard let type = ElementType(rawValue: name), ElementType.json.contains(type) else {
                let allowed = ElementType.json.map(\.rawValue)
                throw reader.error(.choice(name, among: allowed), at: start)
            }
            return type
        }
    }

    /// Calls `decode` with a base64 tensor's text, which is as long as its shape and type say.
    private func withText<Value>(
        of binary: BinaryTensor,
        _ decode: (RawSpan) throws(CodingError) -> Value
    ) throws(CodingError) -> Value {
        do throws(CodingError) {
            if binary.text.hasEscapes {
                let unescaped = octets(binary.text)
                unsafe try check(binary, base64: unescaped.span.bytes)
                return unsafe try decode(unescaped.span.bytes)
            }
            let text = bytes.extracting(binary.text.start..<binary.text.end)
            try check(binary, base64: text)
            return try decode(text)
        } catch {
            let located = self.error(error.reason, at: binary.text.start)
            // Shape or text may be the wrong one: the tensor as a whole is to blame.
            if case .byteCount = error.reason { throw located }
            throw located.under("data_base64")
        }
    }

    private func check(_ binary: BinaryTensor, base64 text: RawSpan) throws(CodingError) {
        let count = try Base64.decodedCount(text)
        let (expected, overflow) = binary.shape.elementCount.multipliedReportingOverflow(by: binary.type.size)
        guard !overflow, count == expected else {
            let type = binary.type.rawValue
            let wanted = overflow ? Int.max : expected
            throw CodingError(.byteCount(found: count, shape: Array(binary.shape), dtype: type, expected: wanted))
        }
    }
}
