import ConvolutionEngine

/// Files of named tensors in the safetensors format: eight octets that give the length of a JSON header, the header, and
/// the tensors' data, without holes and little-endian.
package enum SafetensorsFile {
    /// Octets of a header: the format's own limit is 100 MB; this holds the names of any network.
    static let longestHeader = 8 << 20
    /// Tensors of a file: more than most networks have; each name is compared with all before it.
    static let mostTensors = 2048

    /// The tensors by name, as float32 (`indices` as int64), and the JSON that stands in `__metadata__.parameters`.
    /// Nothing is allocated for data before the file is known to hold it.
    package static func read(_ body: RawSpan) throws(CodingError) -> (tensors: NamedTensors, parameters: [UInt8]?) {
        let range = try headerRange(body)
        let header = try header(body.extracting(range), start: range.lowerBound)
        let data = range.upperBound
        try check(header.entries, available: body.byteCount - data, dataStart: data)
        var tensors = NamedTensors()
        for entry in header.entries {
            let octets = body.extracting(data + entry.begin..<data + entry.end)
            do throws(CodingError) {
                tensors.append(entry.name, try entry.tensor(octets))
            } catch {
                throw error.under(entry.name)
            }
        }
        return (tensors, header.parameters)
    }

    /// The JSON that stands in `__metadata__.parameters`, without reading any tensor.
    package static func parameters(_ body: RawSpan) throws(CodingError) -> [UInt8]? {
        let range = try headerRange(body)
        return try header(body.extracting(range), start: range.lowerBound).parameters
    }

    private static func headerRange(_ body: RawSpan) throws(CodingError) -> Range<Int> {
        guard body.byteCount >= 8 else {
            throw fault(.cutOff(needed: 8, found: body.byteCount), at: body.byteCount)
        }
        let count = body.eightOctets(at: 0)
        guard count <= UInt64(longestHeader) else { throw fault(.headerTooLong(count, limit: longestHeader), at: 0) }
        guard UInt64(body.byteCount - 8) >= count else {
            throw fault(.cutOff(needed: 8 + count, found: body.byteCount), at: body.byteCount)
        }
        guard count >= 2, body.octet(at: 8) == UInt8(ascii: "{") else {
            throw fault(.header(expected: "\"{\""), at: 8)
        }
        return 8..<8 + Int(count)
    }

    private static func header(
        _ text: RawSpan,
        start: Int
    ) throws(CodingError) -> (entries: [Entry], parameters: [UInt8]?) {
        do throws(CodingError) {
            return try JSONReader.document(text, mostMembers: mostTensors) { reader throws(CodingError) in
                var entries: [Entry] = []
                var parameters: [UInt8]?
                try reader.members { reader, key throws(CodingError) in
                    let name = reader.text(key)
                    if name == "__metadata__" {
                        parameters = try reader.metadata()
                    } else {
                        entries.append(try reader.entry(name))
                    }
                }
                return (entries, parameters)
            }
        } catch {
            // A fault of the header is one of the file.
            guard let place = error.place else { throw error }
            switch error.reason {
            case .syntax: throw fault(.header(expected: "JSON"), at: start + place.offset)
            case .duplicateKey(let key): throw fault(.duplicate(key), at: start + place.offset)
            default: throw error
            }
        }
    }

    /// All data must lie inside and follow one another without holes or overlaps, in whatever order they are named.
    private static func check(_ entries: [Entry], available: Int, dataStart: Int) throws(CodingError) {
        var expected = 0
        for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard entry.end <= available else {
                let fault = FileFault.offsets(
                    name: entry.name,
                    begin: Int64(entry.begin),
                    end: Int64(entry.end),
                    available: available
                )
                throw self.fault(fault, at: dataStart + available)
            }
            guard entry.begin == expected else {
                let fault = FileFault.notAdjacent(name: entry.name, begin: entry.begin, expected: expected)
                throw self.fault(fault, at: dataStart + entry.begin)
            }
            expected = entry.end
        }
        guard expected == available else { throw fault(.surplus(available - expected), at: dataStart + expected) }
    }

    fileprivate static func fault(_ fault: FileFault, at offset: Int) -> CodingError {
        CodingError(.file(.safetensors, fault), place: CodingError.Place(offset: offset))
    }
}

/// One tensor as the header describes it; its shape, type and length agree.
private struct Entry {
    let name: String
    let type: ElementType
    let shape: Shape
    let begin: Int
    let end: Int

    func tensor(_ octets: RawSpan) throws(CodingError) -> NamedTensor {
        if name == "indices" {
            guard ElementType.integers.contains(type) else {
                throw CodingError(.choice(type.rawValue, among: ElementType.integers.map(\.rawValue)))
            }
            guard let indices = IndexTensor(shape: shape, values: type.indices(octets)) else {
                throw CodingError(.shapeOverflow(Array(shape)))
            }
            return .indices(indices)
        }
        return .tensor(try type.tensor(octets, shape: shape))
    }
}

extension JSONReader {
    /// `{"key": "text", …}`: the text of `parameters`.
    fileprivate mutating func metadata() throws(CodingError) -> [UInt8]? {
        var parameters: [UInt8]?
        try members { reader, key throws(CodingError) in
            let token = try reader.expect(.string, "a string") { reader throws(CodingError) in try reader.string() }
            if reader.text(key) == "parameters" { parameters = Array(reader.text(token).utf8) }
        }
        return parameters
    }

    /// `{"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}`
    fileprivate mutating func entry(_ name: String) throws(CodingError) -> Entry {
        let start = position
        var type: ElementType?
        var extents: [Int]?
        var offsets: [Int]?
        try members { reader, key throws(CodingError) in
            reader.skipWhitespace()
            let start = reader.position
            switch reader.text(key) {
            case "dtype":
                let token = try reader.expect(.string, "a type") { reader throws(CodingError) in try reader.string() }
                let text = reader.text(token)
                guard let known = ElementType.bySafetensorsName[text] else {
                    throw reader.error(.fileType(text), at: start)
                }
                type = known
            case "shape": extents = try reader.naturals("a list of extents", most: Shape.maximumRank)
            case "data_offsets": offsets = try reader.naturals("two offsets", most: 2)
            default:
                let known = ["dtype", "shape", "data_offsets"]
                let reason = CodingError.Reason.unknownParameter(reader.text(key), owner: "tensor", among: known)
                throw reader.error(reason, at: start)
            }
        }
        func missing(_ key: String) -> CodingError { error(.missing(parameter: key, owner: "tensor"), at: start) }
        guard let type else { throw missing("dtype") }
        guard let extents else { throw missing("shape") }
        guard let offsets else { throw missing("data_offsets") }
        guard let shape = Shape(checking: extents) else { throw error(.shapeOverflow(extents), at: start) }
        guard offsets.count == 2 else {
            throw error(.length(found: offsets.count, expected: [2], of: "offsets"), at: start)
        }
        guard offsets[0] <= offsets[1] else {
            let (begin, end) = (Int64(offsets[0]), Int64(offsets[1]))
            let fault = FileFault.offsets(name: name, begin: begin, end: end, available: bytes.byteCount)
            throw SafetensorsFile.fault(fault, at: start)
        }
        let (count, overflow) = shape.elementCount.multipliedReportingOverflow(by: type.size)
        guard !overflow, count == offsets[1] - offsets[0] else {
            let found = offsets[1] - offsets[0]
            let wanted = overflow ? Int.max : count
            throw error(
                .byteCount(found: found, shape: extents, dtype: type.rawValue, expected: wanted),
                at: start
            )
        }
        return Entry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    /// `[0, 8]`, perhaps empty.
    private mutating func naturals(_ expected: String, most: Int) throws(CodingError) -> [Int] {
        try expect(.array, expected) { reader throws(CodingError) in
            var values: [Int] = []
            let start = reader.position
            try reader.open()
            while try reader.nextElement(isFirst: values.isEmpty) {
                guard values.count < most else { throw reader.error(.tooMany(of: "entries", limit: most), at: start) }
                let place = reader.position
                let value = try reader.expect(.number, "an integer") { reader throws(CodingError) in
                    try reader.int64()
                }
                guard value >= 0 else { throw reader.error(.belowMinimum(number: "\(value)", minimum: 0), at: place) }
                values.append(Int(value))
            }
            return values
        }
    }
}

extension ElementType {
    fileprivate static let bySafetensorsName: [String: ElementType] = [
        "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64, "BOOL": .bool,
        "I8": .int8, "I16": .int16, "I32": .int32, "I64": .int64,
        "U8": .uint8, "U16": .uint16, "U32": .uint32, "U64": .uint64,
    ]
}
