import ConvolutionEngine

/// The element types of binary tensors, by the names that requests use. Little-endian, each row-major element after
/// the other.
enum ElementType: String, CaseIterable {
    case float16, bfloat16, float32, float64
    case int8, uint8, int16, int32, int64
    case bool

    /// Octets of an element.
    var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16, .int16: 2
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }

    /// The types that indices may have.
    static let integers: [ElementType] = [.int8, .uint8, .int16, .int32, .int64]
}

// MARK: - To float32

extension ElementType {
    /// Rounds each element to float32, to nearest even. `octets` holds exactly the elements.
    func convert(_ octets: [UInt8], to floats: UnsafeMutableBufferPointer<Float>) throws(CodingError) {
        switch self {
        case .float32: unsafe each(octets, UInt32.self, floats) { Float(bitPattern: $0) }
        case .float16: unsafe each(octets, UInt16.self, floats) { Float(Float16(bitPattern: $0)) }
        case .bfloat16: unsafe each(octets, UInt16.self, floats) { Float(bitPattern: UInt32($0) << 16) }
        case .int8: unsafe each(octets, UInt8.self, floats) { Float(Int8(bitPattern: $0)) }
        case .uint8: unsafe each(octets, UInt8.self, floats) { Float($0) }
        case .int16: unsafe each(octets, UInt16.self, floats) { Float(Int16(bitPattern: $0)) }
        case .int32: unsafe each(octets, UInt32.self, floats) { Float(Int32(bitPattern: $0)) }
        case .int64: unsafe each(octets, UInt64.self, floats) { Float(Int64(bitPattern: $0)) }
        case .float64:
            unsafe each(octets, UInt64.self, floats) { Float(Double(bitPattern: $0)) }
            // An infinity that was a number before is the rare case: look for it afterwards.
            for index in floats.indices where unsafe floats[index].isInfinite {
                let value = Double(bitPattern: load(octets, index, UInt64.self))
                if value.isFinite {
                    throw CodingError(.elementNotRepresentable(index: index, value: "\(value)", type: "float32"))
                }
            }
        case .bool:
            for index in octets.indices where octets[index] > 1 {
                throw CodingError(.notBool(byte: octets[index], index: index))
            }
            unsafe each(octets, UInt8.self, floats) { Float($0) }
        }
    }

    @inline(__always)
    private func each<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ octets: [UInt8],
        _ bits: Bits.Type,
        _ floats: UnsafeMutableBufferPointer<Float>,
        _ convert: (Bits) -> Float
    ) {
        for index in floats.indices {
            unsafe floats.initializeElement(at: index, to: convert(load(octets, index, bits)))
        }
    }

    @inline(__always)
    private func load<Bits: FixedWidthInteger & BitwiseCopyable>(_ octets: [UInt8], _ index: Int, _ bits: Bits.Type)
        -> Bits
    {
        let size = MemoryLayout<Bits>.size
        return Bits(littleEndian: unsafe octets.span.bytes.unsafeLoadUnaligned(fromByteOffset: index * size, as: bits))
    }
}

// MARK: - To int64

extension ElementType {
    /// Each element as it is; the type is one of `integers`.
    func indices(_ octets: [UInt8]) -> [Int64] {
        (0..<octets.count / size).map { index in
            switch self {
            case .int8: Int64(Int8(bitPattern: load(octets, index, UInt8.self)))
            case .int16: Int64(Int16(bitPattern: load(octets, index, UInt16.self)))
            case .int32: Int64(Int32(bitPattern: load(octets, index, UInt32.self)))
            case .int64: Int64(bitPattern: load(octets, index, UInt64.self))
            default: Int64(load(octets, index, UInt8.self))
            }
        }
    }
}
