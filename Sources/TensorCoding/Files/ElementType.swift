package import ConvolutionEngine

/// The element types of binary tensors, by the names that requests use.
package enum ElementType: String, CaseIterable {
    case float16, bfloat16, float32, float64
    case int8, uint8, int16, int32, int64
    case bool
    /// In files only.
    case uint16, uint32, uint64

    /// Octets of an element.
    package var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// The types that a tensor in JSON may have.
    static let json: [ElementType] = [
        .float16, .bfloat16, .float32, .float64, .int8, .uint8, .int16, .int32, .int64, .bool,
    ]

    /// The types that indices may have.
    static let integers: [ElementType] = [.int8, .uint8, .int16, .int32, .int64]
}

// MARK: - To float32

extension ElementType {
    /// A tensor of little-endian octets, which are exactly as many as its shape takes.
    package func tensor(_ octets: RawSpan, shape: Shape) throws(CodingError) -> Tensor {
        try unsafe Tensor(shape: shape) { floats throws(CodingError) in
            unsafe try convert(octets, isBigEndian: false, to: floats)
        }
    }

    /// Rounds each element to float32, to nearest even. `octets` holds exactly the elements.
    func convert(
        _ octets: RawSpan,
        isBigEndian: Bool = false,
        to floats: UnsafeMutableBufferPointer<Float>
    ) throws(CodingError) {
        precondition(octets.byteCount == floats.count * size, "octets of another number of elements")
        let reader = ElementReader(octets, isBigEndian: isBigEndian)
        switch self {
        case .float32: unsafe reader.each(UInt32.self, floats) { Float(bitPattern: $0) }
        case .float16: unsafe reader.each(UInt16.self, floats) { Float(Float16(bitPattern: $0)) }
        case .bfloat16: unsafe reader.each(UInt16.self, floats) { Float(bitPattern: UInt32($0) << 16) }
        case .int8: unsafe reader.each(UInt8.self, floats) { Float(Int8(bitPattern: $0)) }
        case .uint8: unsafe reader.each(UInt8.self, floats) { Float($0) }
        case .int16: unsafe reader.each(UInt16.self, floats) { Float(Int16(bitPattern: $0)) }
        case .uint16: unsafe reader.each(UInt16.self, floats) { Float($0) }
        case .int32: unsafe reader.each(UInt32.self, floats) { Float(Int32(bitPattern: $0)) }
        case .uint32: unsafe reader.each(UInt32.self, floats) { Float($0) }
        case .int64: unsafe reader.each(UInt64.self, floats) { Float(Int64(bitPattern: $0)) }
        case .uint64: unsafe reader.each(UInt64.self, floats) { Float($0) }
        case .float64:
            unsafe reader.each(UInt64.self, floats) { Float(Double(bitPattern: $0)) }
            // An infinity that was a number before is the rare case: look for it afterwards.
            for index in floats.indices where unsafe floats[index].isInfinite {
                let value = Double(bitPattern: reader.load(index, UInt64.self))
                if value.isFinite {
                    throw CodingError(.elementNotRepresentable(index: index, value: "\(value)", type: "float32"))
                }
            }
        case .bool:
            for index in floats.indices where octets.octet(at: index) > 1 {
                throw CodingError(.notBool(byte: octets.octet(at: index), index: index))
            }
            unsafe reader.each(UInt8.self, floats) { Float($0) }
        }
    }
}

/// Elements as they lie in the body.
private struct ElementReader: ~Escapable {
    private let octets: RawSpan
    private let isBigEndian: Bool

    @_lifetime(copy octets)
    init(_ octets: RawSpan, isBigEndian: Bool) {
        self.octets = octets
        self.isBigEndian = isBigEndian
    }

    @inline(__always)
    func each<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ bits: Bits.Type,
        _ floats: UnsafeMutableBufferPointer<Float>,
        _ convert: (Bits) -> Float
    ) {
        for index in floats.indices {
            unsafe floats.initializeElement(at: index, to: convert(load(index, bits)))
        }
    }

    /// The caller has compared the number of elements with that of octets.
    @inline(__always)
    func load<Bits: FixedWidthInteger & BitwiseCopyable>(_ index: Int, _ bits: Bits.Type) -> Bits {
        let offset = index * MemoryLayout<Bits>.size
        let loaded = unsafe octets.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: bits)
        return isBigEndian ? Bits(bigEndian: loaded) : Bits(littleEndian: loaded)
    }
}

// MARK: - To int64

extension ElementType {
    /// Each element as it is; the type is one of `integers`, or `bool`.
    package func indices(_ octets: RawSpan) -> [Int64] {
        let reader = ElementReader(octets, isBigEndian: false)
        var indices: [Int64] = []
        indices.reserveCapacity(octets.byteCount / size)
        for index in 0..<octets.byteCount / size {
            switch self {
            case .int8: indices.append(Int64(Int8(bitPattern: reader.load(index, UInt8.self))))
            case .int16: indices.append(Int64(Int16(bitPattern: reader.load(index, UInt16.self))))
            case .int32: indices.append(Int64(Int32(bitPattern: reader.load(index, UInt32.self))))
            case .int64: indices.append(Int64(bitPattern: reader.load(index, UInt64.self)))
            default: indices.append(Int64(reader.load(index, UInt8.self)))
            }
        }
        return indices
    }
}
