/// The value of a parameter that is not a tensor, read as what the operation says it is, the reader standing on it.
extension JSONReader {
    /// Beyond it, JSON numbers are no longer exact everywhere (RFC 8259 section 6), and sums of a few still fit `Int`.
    private static let largestInteger: Int64 = 1 << 53

    mutating func integer() throws(CodingError) -> Int {
        try expect(.number, "an integer") { reader throws(CodingError) in
            let start = reader.position
            let decimal = try reader.number()
            switch decimal.integer {
            case .exactly(let value) where value.magnitude <= JSONReader.largestInteger.magnitude: return Int(value)
            case .fractional: throw reader.error(.notInteger(number: reader.text(decimal)), at: start)
            default:
                let type = "an integer of at most 2^53"
                throw reader.error(.notRepresentable(number: reader.text(decimal), type: type), at: start)
            }
        }
    }

    mutating func double() throws(CodingError) -> Double {
        try floating("float64") { Double($0) }
    }

    /// Rounded once.
    mutating func float() throws(CodingError) -> Float {
        try floating("float32") { Float($0) }
    }

    private mutating func floating<Value: BinaryFloatingPoint>(
        _ type: String,
        _ convert: (String) -> Value?
    ) throws(CodingError) -> Value {
        try expect(.number, "a number") { reader throws(CodingError) in
            let start = reader.position
            let decimal = try reader.number()
            guard let value = convert(reader.bytes.text(in: decimal.range)), value.isFinite else {
                throw reader.error(.notRepresentable(number: reader.text(decimal), type: type), at: start)
            }
            return value
        }
    }

    mutating func flag() throws(CodingError) -> Bool {
        try expect(.bool, "true or false") { reader throws(CodingError) in try reader.bool() }
    }

    mutating func string(_ expected: @autoclosure () -> String) throws(CodingError) -> String {
        try expect(.string, expected()) { reader throws(CodingError) in reader.text(try reader.string()) }
    }

    /// One of the names of an enumeration.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) throws(CodingError) -> Choice {
        func allowed() -> [String] { Choice.allCases.map(\.rawValue) }
        skipWhitespace()
        let start = position
        let name = try string("one of " + allowed().map { "\"\($0)\"" }.joined(separator: ", "))
        guard let choice = Choice(rawValue: name) else { throw error(.choice(name, among: allowed()), at: start) }
        return choice
    }

    /// Calls `read` before each entry of a list, with its number, and gives how many there are. Errors point at the entry.
    @discardableResult
    mutating func list(
        _ expected: @autoclosure () -> String,
        _ read: (inout JSONReader, Int) throws(CodingError) -> Void
    ) throws(CodingError) -> Int {
        try expect(.array, expected()) { reader throws(CodingError) in
            var count = 0
            try reader.open()
            while try reader.nextElement(isFirst: count == 0) {
                do throws(CodingError) {
                    try read(&reader, count)
                } catch {
                    throw error.under(count)
                }
                count += 1
            }
            return count
        }
    }

    /// The entries of a list, or the one that stands there instead.
    mutating func oneOrMore<Number>(
        _ expected: @autoclosure () -> String,
        _ read: (inout JSONReader) throws(CodingError) -> Number
    ) throws(CodingError) -> [Number] {
        if try nextType() == .number { return [try read(&self)] }
        var entries: [Number] = []
        try list(expected()) { reader, _ throws(CodingError) in entries.append(try read(&reader)) }
        return entries
    }

    mutating func names() throws(CodingError) -> [String] {
        var names: [String] = []
        try list("a list of names") { reader, _ throws(CodingError) in names.append(try reader.string("a name")) }
        return names
    }

    /// What a tensor may be, for messages.
    static let aTensor = "a tensor (nested arrays, or an object with \"shape\")"

    /// The error that what stands here is no tensor.
    mutating func noTensor() throws(CodingError) -> CodingError {
        error(.type(found: try nextType(), expected: JSONReader.aTensor), at: position)
    }
}

// MARK: - Its size

extension JSONReader {
    /// Reads a parameter of at most `limit` entries; `nil` for null.
    mutating func parameter<Value>(
        limit: Int,
        _ read: (inout JSONReader) throws(CodingError) -> Value
    ) throws(CodingError) -> Value? {
        var rest = copy self
        try rest.passParameter(limit: limit)
        guard try nextType() != .null else {
            try null()
            return nil
        }
        return try read(&self)
    }

    /// Takes a parameter of at most `limit` entries, its own and all that are inside, and checks its syntax.
    mutating func passParameter(limit: Int) throws(CodingError) {
        var left = limit
        try passParameter(&left, limit: limit, depth: 0)
    }

    /// Recursion ends at the third level of lists: no parameter is deeper.
    private mutating func passParameter(_ left: inout Int, limit: Int, depth: Int) throws(CodingError) {
        let type = try nextType()
        guard left > 0 else { throw error(.tooMany(of: "entries", limit: limit), at: position) }
        left -= 1
        guard type == .array, depth < 3 else { return try skipValue() }
        try list("a list") { reader, _ throws(CodingError) in
            try reader.passParameter(&left, limit: limit, depth: depth + 1)
        }
    }
}
