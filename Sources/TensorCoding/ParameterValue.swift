/// The value of a parameter that is not a tensor: small, so it may be a tree until the operation is known that says
/// what it means.
struct ParameterValue {
    enum Content {
        case null
        case bool(Bool)
        case number(ParameterNumber)
        case string(String)
        case list([ParameterValue])
        /// No parameter is an object; what it holds does not matter.
        case object
    }

    var content: Content
    /// Where it stands in the body.
    var offset: Int

    var type: JSONType {
        switch content {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .list: .array
        case .object: .object
        }
    }

    func error(_ reason: CodingError.Reason) -> CodingError {
        CodingError(reason, place: CodingError.Place(offset: offset))
    }

    func typeError(_ expected: String) -> CodingError { error(.type(found: type, expected: expected)) }
}

/// A number that may become an integer, a float32 or a double.
struct ParameterNumber {
    let integer: DecimalNumber.IntegerReading
    let text: String
}

extension JSONReader {
    /// Reads a parameter of at most `limit` entries, its own and all that are inside.
    mutating func parameterValue(limit: Int) throws(CodingError) -> ParameterValue {
        var left = limit
        return try parameterValue(&left, limit: limit, depth: 0)
    }

    /// Recursion ends at the third level of lists: no parameter is deeper.
    private mutating func parameterValue(
        _ left: inout Int,
        limit: Int,
        depth: Int
    ) throws(CodingError) -> ParameterValue {
        let type = try nextType()
        let offset = position
        guard left > 0 else { throw error(.tooMany(of: "entries", limit: limit), at: offset) }
        left -= 1
        let content: ParameterValue.Content
        switch type {
        case .null:
            try null()
            content = .null
        case .bool: content = .bool(try bool())
        case .number:
            let decimal = try number()
            let text = String(decoding: bytes.octets(in: decimal.range), as: UTF8.self)
            content = .number(ParameterNumber(integer: decimal.integer, text: text))
        case .string: content = .string(text(try string()))
        case .object:
            try skipValue()
            content = .object
        case .array where depth == 3:
            try skipValue()
            content = .list([])
        case .array:
            var list: [ParameterValue] = []
            try open()
            while try nextElement(isFirst: list.isEmpty) {
                do throws(CodingError) {
                    list.append(try parameterValue(&left, limit: limit, depth: depth + 1))
                } catch {
                    throw error.under(list.count)
                }
            }
            content = .list(list)
        }
        return ParameterValue(content: content, offset: offset)
    }
}

// MARK: - Meanings

extension ParameterValue {
    /// Beyond it, JSON numbers are no longer exact everywhere (RFC 8259 section 6), and sums of a few still fit `Int`.
    private static let largestInteger: Int64 = 1 << 53

    func integer() throws(CodingError) -> Int {
        guard case .number(let number) = content else { throw typeError("an integer") }
        switch number.integer {
        case .exactly(let value) where value.magnitude <= ParameterValue.largestInteger.magnitude: return Int(value)
        case .fractional: throw error(.notInteger(number: number.shown))
        default: throw error(.notRepresentable(number: number.shown, type: "an integer of at most 2^53"))
        }
    }

    func double() throws(CodingError) -> Double {
        guard case .number(let number) = content else { throw typeError("a number") }
        guard let value = Double(number.text), value.isFinite else {
            throw error(.notRepresentable(number: number.shown, type: "float64"))
        }
        return value
    }

    /// Rounded once.
    func float() throws(CodingError) -> Float {
        guard case .number(let number) = content else { throw typeError("a number") }
        guard let value = Float(number.text), value.isFinite else {
            throw error(.notRepresentable(number: number.shown, type: "float32"))
        }
        return value
    }

    func bool() throws(CodingError) -> Bool {
        guard case .bool(let value) = content else { throw typeError("true or false") }
        return value
    }

    func string(_ expected: String) throws(CodingError) -> String {
        guard case .string(let value) = content else { throw typeError(expected) }
        return value
    }

    /// One of the names of an enumeration.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) throws(CodingError) -> Choice {
        let allowed = Choice.allCases.map(\.rawValue)
        let name = try string("one of " + allowed.map { "\"\($0)\"" }.joined(separator: ", "))
        guard let choice = Choice(rawValue: name) else { throw error(.choice(name, among: allowed)) }
        return choice
    }

    /// Reads each entry of a list; errors point at the entry.
    func list<Entry>(
        _ expected: String,
        _ read: (ParameterValue) throws(CodingError) -> Entry
    ) throws(CodingError) -> [Entry] {
        guard case .list(let values) = content else { throw typeError(expected) }
        var entries: [Entry] = []
        for (index, value) in values.enumerated() {
            do throws(CodingError) {
                entries.append(try read(value))
            } catch {
                throw error.under(index)
            }
        }
        return entries
    }

    func integers(_ expected: String) throws(CodingError) -> [Int] {
        try list(expected) { value throws(CodingError) in try value.integer() }
    }
}

extension ParameterNumber {
    /// Cut to what a message can show.
    var shown: String { text.utf8.count > 40 ? text.prefix(40) + "…" : text }
}
