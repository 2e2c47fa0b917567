/// Reads JSON text (RFC 8259) front to back, a token at a time, as its caller asks for them; start reading here.
///
/// Strict: what the grammar does not allow is an error with its place. It builds no tree and never recurses.
struct JSONReader: ~Escapable {
    let bytes: RawSpan
    /// The offset of the next octet.
    var position = 0
    /// Arrays and objects that are open.
    private var depth = 0
    let kernels: TextKernels
    /// Keys that an object may have.
    private let mostMembers: Int
    /// What `{"tensor": name}` stands for.
    let named: NamedTensors
    /// Who helps with large tensors.
    let sharing: SharedReading?
    /// Where a network is read: which of `named` it uses.
    var uses: TensorUses?
    /// Where a model is read: the tensors of its file.
    var weights: ModelWeights?
    /// Whether true and false are elements of tensors: 1 and 0.
    var takesBools = false

    @_lifetime(copy bytes)
    init(
        _ bytes: RawSpan,
        kernels: TextKernels = .chosen,
        mostMembers: Int = CodingLimits.members,
        named: NamedTensors = NamedTensors(),
        sharing: SharedReading? = nil
    ) {
        self.bytes = bytes
        self.kernels = kernels
        self.mostMembers = mostMembers
        self.named = named
        self.sharing = sharing
    }

    /// The next octet; 0 at the end, which JSON allows nowhere either.
    var current: UInt8 {
        guard position < bytes.byteCount else { return 0 }
        return bytes.octet(at: position)
    }

    mutating func skipWhitespace() {
        while JSONReader.isWhitespace(current) { position += 1 }
    }

    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}

// MARK: - The document

extension JSONReader {
    /// Before the first value: no body, no mark, no other encoding.
    mutating func beginDocument() throws(CodingError) {
        switch (octet(0), octet(1)) {
        case (0xEF, 0xBB) where octet(2) == 0xBF: throw fault(.byteOrderMark, at: 0)
        case (0xFE, 0xFF), (0xFF, 0xFE), (0, _), (_, 0): throw fault(.notUTF8, at: 0)
        default: break
        }
        skipWhitespace()
        if position == bytes.byteCount { throw fault(.emptyBody, at: position) }
    }

    private func octet(_ offset: Int) -> UInt8? { offset < bytes.byteCount ? bytes.octet(at: offset) : nil }

    /// After the last value nothing but white space may follow.
    mutating func endDocument() throws(CodingError) {
        skipWhitespace()
        if position < bytes.byteCount { throw fault(.trailingData(current), at: position) }
    }
}

// MARK: - Structure

extension JSONReader {
    /// Skips white space and says what kind of value comes; the value itself is not checked yet.
    mutating func nextType() throws(CodingError) -> JSONType {
        skipWhitespace()
        switch current {
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw unexpected("a value")
        }
    }

    /// Reads a value that must be of this type; `expected` says in words what it must be.
    mutating func expect<Value>(
        _ type: JSONType,
        _ expected: String,
        _ read: (inout JSONReader) throws(CodingError) -> Value
    ) throws(CodingError) -> Value {
        let found = try nextType()
        guard found == type else { throw error(.type(found: found, expected: expected), at: position) }
        return try read(&self)
    }

    /// Reads an object. `read` takes the value of each key; its errors point into the member. A key given twice is an
    /// error, however it is escaped.
    mutating func members(
        _ read: (inout JSONReader, JSONKey) throws(CodingError) -> Void
    ) throws(CodingError) {
        let found = try nextType()
        guard found == .object else { throw error(.type(found: found, expected: "an object"), at: position) }
        try open()
        var count = 0
        var known: MemberNames = []
        var strangers: [String] = []
        while let token = try nextKey(isFirst: count == 0) {
            let key = JSONKey(token, self)
            guard key.name.map({ known.insert($0) }) ?? !strangers.containsOctets(of: text(token)) else {
                throw error(.duplicateKey(text(token)), at: token.start - 1).under(text(token))
            }
            guard count < mostMembers else {
                throw error(.tooMany(of: "keys", limit: mostMembers), at: token.start - 1)
            }
            if key.name == nil { strangers.append(text(token)) }
            count += 1
            do throws(CodingError) {
                try read(&self, key)
            } catch {
                throw error.under(text(token))
            }
        }
    }

    /// Takes the `[` or `{` that `nextType()` saw.
    mutating func open() throws(CodingError) {
        guard depth < CodingLimits.depth else { throw fault(.tooDeep(limit: CodingLimits.depth), at: position) }
        depth += 1
        position += 1
    }

    /// Takes the `]` or `}` that the caller saw.
    mutating func close() {
        depth -= 1
        position += 1
    }

    /// Stands on the array's next element, or takes its `]` and gives false. `isFirst` is true after `open()`.
    mutating func nextElement(isFirst: Bool) throws(CodingError) -> Bool {
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            close()
            return false
        }
        if isFirst { return true }
        guard current == UInt8(ascii: ",") else { throw unexpected("\",\" or \"]\"") }
        position += 1
        skipWhitespace()
        if current == UInt8(ascii: "]") { throw unexpected("a value after \",\"") }
        return true
    }

    /// The object's next key, the reader then standing before its value; `nil` once the `}` is taken.
    mutating func nextKey(isFirst: Bool) throws(CodingError) -> StringToken? {
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            close()
            return nil
        }
        if !isFirst {
            guard current == UInt8(ascii: ",") else { throw unexpected("\",\" or \"}\"") }
            position += 1
            skipWhitespace()
        }
        guard current == UInt8(ascii: "\"") else { throw unexpected(isFirst ? "a key or \"}\"" : "a key after \",\"") }
        let key = try string()
        skipWhitespace()
        guard current == UInt8(ascii: ":") else { throw unexpected("\":\"") }
        position += 1
        return key
    }
}

// MARK: - Literals

extension JSONReader {
    mutating func null() throws(CodingError) { try literal("null") }

    mutating func bool() throws(CodingError) -> Bool {
        if current == UInt8(ascii: "t") {
            try literal("true")
            return true
        }
        try literal("false")
        return false
    }

    private mutating func literal(_ text: StaticString) throws(CodingError) {
        let expected = text.description
        for byte in expected.utf8 {
            guard current == byte else { throw unexpected(expected) }
            position += 1
        }
    }
}

// MARK: - Faults

extension JSONReader {
    /// The fault that the octet here is not what must come, or that the body ends.
    func unexpected(_ expected: String) -> CodingError {
        position < bytes.byteCount
            ? fault(.unexpectedByte(current, expected: expected), at: position)
            : fault(.endOfBody(expected: expected), at: position)
    }

    @inline(never)
    func fault(_ fault: CodingError.SyntaxFault, at offset: Int) -> CodingError {
        error(.syntax(fault), at: offset)
    }

    @inline(never)
    func error(_ reason: CodingError.Reason, at offset: Int) -> CodingError {
        CodingError(reason, place: CodingError.Place(offset: offset))
    }
}

// MARK: - A whole body

extension JSONReader {
    /// Reads a body that is one value. Lines and columns are counted only here, when there is something to complain
    /// about; and a body that is not JSON is called that, even when what came before the fault made no sense either.
    static func document<Value>(
        _ body: RawSpan,
        mostMembers: Int = CodingLimits.members,
        named: NamedTensors = NamedTensors(),
        sharing: SharedReading? = nil,
        _ read: (inout JSONReader) throws(CodingError) -> Value
    ) throws(CodingError) -> Value {
        var reader = JSONReader(body, mostMembers: mostMembers, named: named, sharing: sharing)
        do throws(CodingError) {
            try reader.beginDocument()
            let value = try read(&reader)
            try reader.endDocument()
            return value
        } catch {
            let syntaxError = error.kind == .malformed ? nil : JSONReader.syntaxError(in: body)
            throw (syntaxError ?? error).located(in: body)
        }
    }

    private static func syntaxError(in body: RawSpan) -> CodingError? {
        var reader = JSONReader(body)
        do throws(CodingError) {
            try reader.beginDocument()
            try reader.skipValue()
            try reader.endDocument()
            return nil
        } catch {
            return error
        }
    }
}
