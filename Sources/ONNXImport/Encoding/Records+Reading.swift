/// The numbers are the fields' of `onnx.proto`, which never change.
extension ModelRecord {
    init(_ bytes: [UInt8]) throws(ImportError) {
        var reader = WireReader(bytes, in: 0..<bytes.count)
        var parts = PartCount()
        while let field = try reader.next() {
            switch field.number {
            case 7: graph = try GraphRecord(try reader.message(field), &parts)
            case 8:
                try parts.add(at: field.offset)
                let (domain, version) = try ModelRecord.operatorSet(try reader.message(field))
                opsets[domain == "ai.onnx" ? "" : domain] = version
            default: break
            }
        }
    }

    private static func operatorSet(_ message: WireReader) throws(ImportError) -> (domain: String, version: Int64) {
        var (reader, domain, version) = (message, "", 0 as Int64)
        while let field = try reader.next() {
            switch field.number {
            case 1: domain = try reader.text(field)
            case 2: version = try reader.integer(field)
            default: break
            }
        }
        return (domain, version)
    }
}

/// Counts messages and names, each of which takes far more memory than the two octets that it may have in the file.
struct PartCount {
    /// Several times as many as the largest networks have.
    static let most = 1 << 20
    private var count = 0

    mutating func add(at offset: Int) throws(ImportError) {
        count += 1
        guard count <= PartCount.most else { throw .encoding(.tooManyParts(limit: PartCount.most), offset: offset) }
    }
}

extension GraphRecord {
    init(_ message: WireReader, _ parts: inout PartCount) throws(ImportError) {
        var reader = message
        while let field = try reader.next() {
            try parts.add(at: field.offset)
            switch field.number {
            case 1: nodes.append(try NodeRecord(try reader.message(field), &parts))
            case 5: initializers.append(try TensorRecord(try reader.message(field)))
            case 11: inputs.append(try ValueRecord(try reader.message(field)))
            case 12: outputs.append(try ValueRecord(try reader.message(field)))
            case 15: sparseInitializers += 1
            default: break
            }
        }
    }
}

extension NodeRecord {
    init(_ message: WireReader, _ parts: inout PartCount) throws(ImportError) {
        var reader = message
        while let field = try reader.next() {
            try parts.add(at: field.offset)
            switch field.number {
            case 1: inputs.append(try reader.text(field))
            case 2: outputs.append(try reader.text(field))
            case 3: name = try reader.text(field)
            case 4: operation = try reader.text(field)
            case 5:
                let (name, attribute) = try AttributeRecord.read(try reader.message(field))
                guard attributes.updateValue(attribute, forKey: name) == nil else {
                    throw .encoding(.attributeTwice(name), offset: field.offset)
                }
            case 7: domain = try reader.text(field)
            default: break
            }
        }
        if domain == "ai.onnx" { domain = "" }
    }
}

extension AttributeRecord {
    static func read(_ message: WireReader) throws(ImportError) -> (name: String, AttributeRecord) {
        var (reader, name, type) = (message, "", 0 as Int64)
        var (integers, floats): ([Int64], [Float]) = ([], [])
        var single: AttributeRecord?
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try reader.text(field)
            case 2: single = .float(try reader.float(field))
            case 3: integers.append(try reader.integer(field))
            case 4: single = .text(try reader.text(field))
            case 5: single = .tensor(try TensorRecord(try reader.message(field)))
            case 7: try reader.append(field, to: &floats)
            case 8: try reader.append(field, to: &integers)
            case 20: type = try reader.integer(field)
            default: break
            }
        }
        // The type says which is meant, also where the value is zero or the list empty and nothing was written.
        switch type {
        case 1: if single == nil { single = .float(0) }
        case 2: single = .integer(integers.last ?? 0)
        case 3: if single == nil { single = .text("") }
        case 6: single = .floats(floats)
        case 7: single = .integers(integers)
        default: break
        }
        return (name, single ?? .other)
    }
}

extension TensorRecord {
    init(_ message: WireReader) throws(ImportError) {
        var reader = message
        var external = ExternalData()
        var isExternal = false
        var (floats, doubles, integers): ([Float], [Double], [Int64]) = ([], [], [])
        while let field = try reader.next() {
            switch field.number {
            case 1: try reader.append(field, to: &extents)
            case 2: type = try reader.integer(field)
            case 4: try reader.append(field, to: &floats)
            case 5, 7, 11: try reader.append(field, to: &integers)
            case 8: name = try reader.text(field)
            case 9: content = .raw(try reader.octets(field))
            case 10: try reader.append(field, to: &doubles)
            case 13: try external.read(try reader.message(field))
            case 14: isExternal = try reader.integer(field) == 1
            default: break
            }
        }
        if isExternal {
            content = .external(external)
        } else if !floats.isEmpty {
            content = .floats(floats)
        } else if !doubles.isEmpty {
            content = .doubles(doubles)
        } else if !integers.isEmpty {
            content = .integers(integers)
        }
    }
}

extension ExternalData {
    /// One entry: a key and a value, both text.
    fileprivate mutating func read(_ message: WireReader) throws(ImportError) {
        var (reader, key, value, offset) = (message, "", "", 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: key = try reader.text(field)
            case 2: (value, offset) = (try reader.text(field), field.offset)
            default: break
            }
        }
        func number() throws(ImportError) -> Int64 {
            guard let number = Int64(value), number >= 0 else {
                throw .encoding(.externalNumber(key: key, value), offset: offset)
            }
            return number
        }
        switch key {
        case "location": location = value
        case "offset": self.offset = try number()
        case "length": length = try number()
        default: break
        }
    }
}

extension ValueRecord {
    init(_ message: WireReader) throws(ImportError) {
        var reader = message
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try reader.text(field)
            case 2: try readType(try reader.message(field))
            default: break
            }
        }
    }

    private mutating func readType(_ message: WireReader) throws(ImportError) {
        var reader = message
        while let field = try reader.next() {
            guard field.number == 1 else { continue }
            var tensor = try reader.message(field)
            while let field = try tensor.next() {
                switch field.number {
                case 1: type = try tensor.integer(field)
                case 2: extents = try ValueRecord.readShape(try tensor.message(field))
                default: break
                }
            }
        }
    }

    private static func readShape(_ message: WireReader) throws(ImportError) -> [Extent] {
        var (reader, extents) = (message, [Extent]())
        while let field = try reader.next() {
            guard field.number == 1 else { continue }
            var (dimension, extent) = (try reader.message(field), Extent.free(""))
            while let field = try dimension.next() {
                switch field.number {
                case 1: extent = .known(try dimension.integer(field))
                case 2: extent = .free(try dimension.text(field))
                default: break
                }
            }
            guard extents.count < 64 else { throw .encoding(.tooManyParts(limit: 64), offset: field.offset) }
            extents.append(extent)
        }
        return extents
    }
}
