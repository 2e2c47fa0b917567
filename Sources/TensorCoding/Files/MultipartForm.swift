/// The parts of a form (`multipart/form-data`, RFC 7578), each a name and some octets.
///
/// Strict: no preamble, no epilogue, no part without a name, none twice; a part's other headers are skipped, except that its
/// octets must not be encoded.
package enum MultipartForm {
    /// Octets of a part's headers: a name, a file's name and a type.
    static let longestHeaders = 4096
    /// Parts: no form of ours has more than two.
    static let mostParts = 16
    /// RFC 2046 section 5.1.1.
    static let longestBoundary = 70

    /// Where each part's octets stand in the body. `boundary` is the parameter of the body's type.
    package static func parts(
        _ body: RawSpan,
        boundary: String
    ) throws(CodingError) -> [(name: String, range: Range<Int>)] {
        let delimiter = Array("\r\n--\(boundary)".utf8)
        guard (1...longestBoundary).contains(boundary.utf8.count), boundary.utf8.allSatisfy(\.isBoundaryOctet) else {
            throw fault(.header(expected: "a boundary of 1 to \(longestBoundary) characters of RFC 2046"), at: 0)
        }
        // The first stands without the line break before it.
        guard body.starts(with: delimiter.dropFirst(2), at: 0) else { throw fault(.magic, at: 0) }
        let search = OctetSearch(delimiter)
        var position = delimiter.count - 2
        var parts: [(name: String, range: Range<Int>)] = []
        while !body.starts(with: "--".utf8, at: position) {
            guard parts.count < mostParts else {
                throw CodingError(.tooMany(of: "parts", limit: mostParts), place: CodingError.Place(offset: position))
            }
            guard body.starts(with: "\r\n".utf8, at: position) else {
                throw fault(.header(expected: "a line break after the boundary"), at: position)
            }
            let (name, start) = try headers(body, from: position + 2)
            guard !parts.contains(where: { $0.name == name }) else { throw fault(.duplicate(name), at: position) }
            guard let end = search.first(in: body, from: start) else {
                throw fault(.unterminated(name: name), at: body.byteCount)
            }
            parts.append((name, start..<end))
            position = end + delimiter.count
        }
        let rest = position + 2
        let surplus = body.byteCount - rest
        guard surplus == 0 || (surplus == 2 && body.starts(with: "\r\n".utf8, at: rest)) else {
            throw fault(.surplus(surplus), at: rest)
        }
        return parts
    }

    /// The part's name, and where its octets begin.
    private static func headers(_ body: RawSpan, from start: Int) throws(CodingError) -> (String, Int) {
        var position = start
        var name: String?
        while true {
            guard let end = lineEnd(body, from: position, limit: start + longestHeaders) else {
                throw fault(.header(expected: "lines that end, in at most \(longestHeaders) octets"), at: position)
            }
            let line = body.text(in: position..<end)
            let place = position
            position = end + 2
            if line.isEmpty { break }
            let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { throw fault(.header(expected: "a name, a colon and a value"), at: place) }
            switch halves[0].lowercased() {
            case "content-disposition":
                guard name == nil, let found = formName(halves[1]) else {
                    throw fault(.header(expected: "Content-Disposition: form-data; name=\"…\""), at: place)
                }
                name = found
            case "content-transfer-encoding":
                let encoding = halves[1].filter { $0 != " " }.lowercased()
                guard ["binary", "8bit", "7bit"].contains(encoding) else {
                    throw fault(.header(expected: "a part that is not encoded"), at: place)
                }
            default: break
            }
        }
        guard let name else { throw fault(.header(expected: "Content-Disposition: form-data; name=\"…\""), at: start) }
        return (name, position)
    }

    /// ` form-data; name="model"; filename="model.json"`
    private static func formName(_ value: Substring) -> String? {
        let parameters = value.split(separator: ";").map { part in
            part.drop { $0 == " " || $0 == "\t" }
        }
        guard parameters.first?.lowercased() == "form-data" else { return nil }
        for parameter in parameters.dropFirst() where parameter.lowercased().hasPrefix("name=") {
            let value = parameter.dropFirst("name=".count)
            guard value.hasPrefix("\"") else { return String(value) }
            guard value.count >= 2, value.hasSuffix("\"") else { return nil }
            return String(value.dropFirst().dropLast())
        }
        return nil
    }

    /// Where the CR LF stands that ends the line.
    private static func lineEnd(_ body: RawSpan, from start: Int, limit: Int) -> Int? {
        var position = start
        while position + 1 < min(body.byteCount, limit) {
            if body.octet(at: position) == 0x0D, body.octet(at: position + 1) == 0x0A { return position }
            position += 1
        }
        return nil
    }

    private static func fault(_ fault: FileFault, at offset: Int) -> CodingError {
        CodingError(.file(.multipart, fault), place: CodingError.Place(offset: offset))
    }
}

/// Horspool's search: looks at one octet in as many as the pattern is long, mostly.
private struct OctetSearch {
    private let pattern: [UInt8]
    private let shifts: [Int]

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var shifts = [Int](repeating: pattern.count, count: 256)
        for (index, octet) in pattern.dropLast().enumerated() { shifts[Int(octet)] = pattern.count - 1 - index }
        self.shifts = shifts
    }

    func first(in body: RawSpan, from start: Int) -> Int? {
        let count = pattern.count
        var position = start
        while position + count <= body.byteCount {
            let last = body.octet(at: position + count - 1)
            if last == pattern[count - 1], body.starts(with: pattern, at: position) { return position }
            position += shifts[Int(last)]
        }
        return nil
    }
}

extension RawSpan {
    fileprivate func starts(with octets: some Collection<UInt8>, at offset: Int) -> Bool {
        guard octets.count <= byteCount - offset else { return false }
        return zip(octets, offset...).allSatisfy { expected, index in octet(at: index) == expected }
    }
}

extension UInt8 {
    fileprivate var isBoundaryOctet: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "'()+_,-./:=?".utf8.contains(self)
        }
    }
}
