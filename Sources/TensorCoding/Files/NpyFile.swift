package import ConvolutionEngine

/// Files as `numpy.save` writes them (NumPy's `numpy.lib.format`): one array, versions 1 to 3.
package enum NpyFile {
    /// Octets of a header: NumPy itself believes no more.
    static let longestHeader = 10_000
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Reads the array into float32, in either order of octets and of axes. Nothing is allocated before the file is known
    /// to hold what its header promises.
    package static func tensor(_ body: RawSpan) throws(CodingError) -> Tensor {
        let header = try NpyHeader(body)
        let data = body.extracting(header.dataStart..<body.byteCount)
        do throws(CodingError) {
            return try unsafe Tensor(shape: header.shape) { floats throws(CodingError) in
                unsafe try header.type.convert(data, isBigEndian: header.isBigEndian, to: floats)
            }.fromFortranOrder(header.isFortranOrder)
        } catch {
            throw error.under("input")
        }
    }

    /// A file with the tensor, octet for octet as `numpy.save` writes it.
    package static func body(_ tensor: Tensor) -> PiecewiseBody {
        let header = header(tensor.shape)
        guard tensor.shape.elementCount > 0 else { return PiecewiseBody(text: header) }
        let content = TensorContent(tensor: .tensor(tensor), form: .octets)
        return PiecewiseBody(text: header, inserts: [PiecewiseBody.Insert(position: header.count, content: content)])
    }

    private static func header(_ shape: Shape) -> [UInt8] {
        let extents = shape.map(String.init)
        let tuple = extents.count == 1 ? "(\(extents[0]),)" : "(\(extents.joined(separator: ", ")))"
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }"
        // NumPy leaves room for the first extent to grow, and aligns the data.
        if let first = extents.first { header += String(repeating: " ", count: 21 - first.utf8.count) }
        let start = magic.count + 4
        let padding = 64 - (start + header.utf8.count + 1) % 64
        header += String(repeating: " ", count: padding) + "\n"
        let count = UInt16(truncatingIfNeeded: header.utf8.count)
        return magic + [1, 0, UInt8(truncatingIfNeeded: count), UInt8(count >> 8)] + Array(header.utf8)
    }

    /// Where the header's text stands.
    static func headerRange(_ body: RawSpan) throws(CodingError) -> Range<Int> {
        func fault(_ fault: FileFault, at offset: Int) -> CodingError {
            CodingError(.file(.npy, fault), place: CodingError.Place(offset: offset))
        }
        guard body.byteCount >= magic.count, body.octets(in: 0..<magic.count) == magic else {
            throw fault(.magic, at: 0)
        }
        guard body.byteCount >= 8 else { throw fault(.cutOff(needed: 8, found: body.byteCount), at: body.byteCount) }
        let (major, minor) = (body.octet(at: 6), body.octet(at: 7))
        guard (1...3).contains(major), minor == 0 else { throw fault(.version(major: major, minor: minor), at: 6) }
        let start = major == 1 ? 10 : 12
        guard body.byteCount >= start else {
            throw fault(.cutOff(needed: UInt64(start), found: body.byteCount), at: body.byteCount)
        }
        let count = (8..<start).reversed().reduce(0) { count, offset in count << 8 | Int(body.octet(at: offset)) }
        guard count <= longestHeader else { throw fault(.headerTooLong(UInt64(count), limit: longestHeader), at: 8) }
        guard body.byteCount - start >= count else {
            throw fault(.cutOff(needed: UInt64(start + count), found: body.byteCount), at: body.byteCount)
        }
        return start..<start + count
    }
}

/// What the header of a `.npy` file says.
private struct NpyHeader {
    let type: ElementType
    let isBigEndian: Bool
    let isFortranOrder: Bool
    let shape: Shape
    let dataStart: Int

    init(_ body: RawSpan) throws(CodingError) {
        let range = try NpyFile.headerRange(body)
        var scanner = HeaderScanner(body, range: range)
        var description: (text: String, offset: Int)?
        var order: Bool?
        var extents: [Int]?
        try scanner.expect("{")
        while !scanner.take("}") {
            _ = scanner.peek()
            let start = scanner.position
            let key = try scanner.string()
            try scanner.expect(":")
            switch key {
            case "descr" where description == nil:
                _ = scanner.peek()
                let offset = scanner.position
                description = (try scanner.string(), offset)
            case "fortran_order" where order == nil: order = try scanner.bool()
            case "shape" where extents == nil: extents = try scanner.extents()
            case "descr", "fortran_order", "shape": throw scanner.fault(.duplicate(key), at: start)
            default: throw scanner.fault(.header(expected: "descr, fortran_order and shape"), at: start)
            }
            guard scanner.take(",") || scanner.peek() == UInt8(ascii: "}") else {
                throw scanner.fault(.header(expected: "\",\" or \"}\""))
            }
        }
        guard scanner.peek() == 0, scanner.isAtEnd else { throw scanner.fault(.header(expected: "the header's end")) }
        guard let description, let order, let extents else {
            throw scanner.fault(.header(expected: "descr, fortran_order and shape"), at: range.lowerBound)
        }
        let place = CodingError.Place(offset: description.offset)
        guard let (type, isBigEndian) = ElementType.described(description.text) else {
            throw CodingError(.fileType(description.text), pointer: "/input", place: place)
        }
        guard extents.count <= Shape.maximumRank else {
            throw CodingError(.tooManyAxes(limit: Shape.maximumRank), pointer: "/input", place: place)
        }
        guard let shape = Shape(checking: extents) else {
            throw CodingError(.shapeOverflow(extents), pointer: "/input", place: place)
        }
        let available = body.byteCount - range.upperBound
        let (count, overflow) = shape.elementCount.multipliedReportingOverflow(by: type.size)
        guard !overflow, count <= available else {
            let needed = UInt64(range.upperBound) &+ (overflow ? UInt64(Int.max) : UInt64(count))
            throw scanner.fault(.cutOff(needed: needed, found: body.byteCount), at: body.byteCount)
        }
        guard count == available else {
            throw scanner.fault(.surplus(available - count), at: range.upperBound + count)
        }
        self.type = type
        self.isBigEndian = isBigEndian
        self.shape = shape
        isFortranOrder = order
        dataStart = range.upperBound
    }
}

extension ElementType {
    /// The type and order of octets of a NumPy description such as `<f4`.
    fileprivate static func described(_ text: String) -> (ElementType, isBigEndian: Bool)? {
        guard let mark = text.first, "<>|=".contains(mark), let type = byDescription[String(text.dropFirst())] else {
            return nil
        }
        // A single octet has no order; whoever wrote `=` did so on a machine like this one.
        guard mark != "|" || type.size == 1 else { return nil }
        return (type, mark == ">")
    }

    private static let byDescription: [String: ElementType] = [
        "f2": .float16, "f4": .float32, "f8": .float64, "b1": .bool,
        "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
        "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64,
    ]
}

extension Tensor {
    /// The elements in row-major order, where the first axis varied fastest so far.
    fileprivate func fromFortranOrder(_ isFortranOrder: Bool) -> Tensor {
        let extents = Array(shape)
        guard isFortranOrder, extents.count > 1, shape.elementCount > 0 else { return self }
        // How far apart neighbours along each axis lie in the file.
        var distances = [Int](repeating: 1, count: extents.count)
        for axis in 1..<extents.count { distances[axis] = distances[axis - 1] * extents[axis - 1] }
        let last = extents.count - 1
        return unsafe withElements { from in
            unsafe Tensor(shape: shape) { to in
                var index = [Int](repeating: 0, count: extents.count)
                var source = 0
                for row in 0..<shape.elementCount / extents[last] {
                    for column in 0..<extents[last] {
                        let value = unsafe from[source + column * distances[last]]
                        unsafe to.initializeElement(at: row * extents[last] + column, to: value)
                    }
                    // The next row: as an odometer, the innermost of the other axes first.
                    for axis in (0..<last).reversed() {
                        index[axis] += 1
                        source += distances[axis]
                        if index[axis] < extents[axis] { break }
                        source -= index[axis] * distances[axis]
                        index[axis] = 0
                    }
                }
            }
        }
    }
}
