/// Reads the header of a `.npy` file: a Python dictionary of literals, on one line.
struct HeaderScanner: ~Escapable {
    private let bytes: RawSpan
    private(set) var position: Int
    private let end: Int

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position == end }

    /// The next octet that is no white space, 0 at the end.
    mutating func peek() -> UInt8 {
        while position < end, JSONReader.isWhitespace(bytes.octet(at: position)) { position += 1 }
        return position < end ? bytes.octet(at: position) : 0
    }

    /// Takes the octet when it comes next.
    mutating func take(_ octet: Character) -> Bool {
        guard let ascii = octet.asciiValue, peek() == ascii else { return false }
        position += 1
        return true
    }

    mutating func expect(_ octet: Character) throws(CodingError) {
        guard take(octet) else { throw fault(.header(expected: "\"\(octet)\"")) }
    }

    /// `'text'`, without escapes: no name and no type has any.
    mutating func string() throws(CodingError) -> String {
        let quote = peek()
        guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw fault(.header(expected: "a string"))
        }
        let start = position + 1
        var next = start
        while next < end, bytes.octet(at: next) != quote {
            guard bytes.octet(at: next) != UInt8(ascii: "\\"), (0x20...0x7E).contains(bytes.octet(at: next)) else {
                throw fault(.header(expected: "a plain string"), at: next)
            }
            next += 1
        }
        guard next < end else { throw fault(.header(expected: "the end of a string"), at: next) }
        position = next + 1
        return String(decoding: bytes.octets(in: start..<next), as: UTF8.self)
    }

    mutating func bool() throws(CodingError) -> Bool {
        _ = peek()
        for (text, value) in [("True", true), ("False", false)] {
            let count = text.utf8.count
            if position + count <= end, bytes.octets(in: position..<position + count).elementsEqual(text.utf8) {
                position += count
                return value
            }
        }
        throw fault(.header(expected: "True or False"))
    }

    /// `(1, 3, 224)`, with a comma behind a single one.
    mutating func extents() throws(CodingError) -> [Int] {
        try expect("(")
        var extents: [Int] = []
        while !take(")") {
            let digits = peek()
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits) else {
                throw fault(.header(expected: "an extent"))
            }
            var extent = 0
            while position < end, case let digit = bytes.octet(at: position) &- UInt8(ascii: "0"), digit <= 9 {
                let (tens, overflow) = extent.multipliedReportingOverflow(by: 10)
                let (sum, carry) = tens.addingReportingOverflow(Int(digit))
                guard !overflow, !carry else { throw fault(.header(expected: "an extent below 2^63")) }
                extent = sum
                position += 1
            }
            // What Python 2 wrote behind a long integer.
            if position < end, bytes.octet(at: position) == UInt8(ascii: "L") { position += 1 }
            extents.append(extent)
            let hasComma = take(",")
            guard hasComma || peek() == UInt8(ascii: ")"), hasComma || extents.count > 1 else {
                throw fault(.header(expected: "\",\""))
            }
        }
        return extents
    }

    func fault(_ fault: FileFault, at offset: Int? = nil) -> CodingError {
        CodingError(.file(.npy, fault), place: CodingError.Place(offset: offset ?? position))
    }
}
