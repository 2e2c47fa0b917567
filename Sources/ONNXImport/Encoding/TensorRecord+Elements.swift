import ConvolutionEngine
import TensorCoding

extension TensorRecord {
    /// Where the elements come from that are not in the record itself.
    struct Source {
        let file: [UInt8]
        let external: ExternalReader
    }

    /// Whether the elements are numbers that layers compute with; the others count axes and extents.
    var isFloating: Bool { [1, 10, 11, 16].contains(type) }

    func shape() throws(TensorFault) -> Shape {
        let extents = self.extents.compactMap { Int(exactly: $0) }
        guard extents.count == self.extents.count, let shape = Shape(checking: extents) else {
            throw .shape(self.extents)
        }
        return shape
    }

    /// The elements as float32. Nothing is allocated before as many are known to be there.
    func numbers(_ source: Source) throws(TensorFault) -> Tensor {
        let shape = try shape()
        guard isFloating, let type = elementType else { throw .elementType(self.type) }
        func tensor(_ floats: [Float]) throws(TensorFault) -> Tensor {
            guard let tensor = Tensor(shape: shape, elements: floats) else {
                throw .count(found: floats.count, expected: shape.elementCount)
            }
            return tensor
        }
        switch content {
        case .floats(let floats) where type == .float32: return try tensor(floats)
        case .doubles(let doubles) where type == .float64: return try tensor(doubles.map(Float.init))
        // Halves stand as bits in a list of integers.
        case .integers(let bits) where type == .float16:
            return try tensor(bits.map { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) })
        case .integers(let bits) where type == .bfloat16:
            return try tensor(bits.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) })
        case .floats, .doubles, .integers: throw .elementType(self.type)
        case .raw, .external:
            return try withOctets(source, shape, type) { octets throws(CodingError) in
                try type.tensor(octets, shape: shape)
            }
        }
    }

    /// The elements of a tensor of integers or truth values.
    func integers(_ source: Source) throws(TensorFault) -> [Int64] {
        let shape = try shape()
        guard !isFloating, let type = elementType else { throw .elementType(self.type) }
        switch content {
        case .integers(let integers):
            guard integers.count == shape.elementCount else {
                throw .count(found: integers.count, expected: shape.elementCount)
            }
            return integers
        case .raw, .external:
            return try withOctets(source, shape, type) { octets throws(CodingError) in type.indices(octets) }
        case .floats, .doubles: throw .elementType(self.type)
        }
    }

    private func withOctets<Result>(
        _ source: Source,
        _ shape: Shape,
        _ type: ElementType,
        _ body: (RawSpan) throws(CodingError) -> Result
    ) throws(TensorFault) -> Result {
        let (expected, overflow) = shape.elementCount.multipliedReportingOverflow(by: type.size)
        guard !overflow else { throw .shape(extents) }
        let (octets, range) = try octets(source, expected)
        guard range.count == expected else { throw .count(found: range.count, expected: expected) }
        do throws(CodingError) {
            return try body(octets.span.bytes.extracting(range))
        } catch {
            throw .element(error)
        }
    }

    /// The octets, and where among them the elements stand.
    private func octets(_ source: Source, _ expected: Int) throws(TensorFault) -> ([UInt8], Range<Int>) {
        guard case .external(let data) = content else {
            guard case .raw(let range) = content else { throw .elementType(type) }
            return (source.file, range)
        }
        if let length = data.length, length != Int64(expected) {
            throw .count(found: Int(clamping: length), expected: expected)
        }
        do throws(ExternalFault) {
            let octets = try source.external(data, expected)
            return (octets, octets.indices)
        } catch {
            throw .external(error)
        }
    }

    private var elementType: ElementType? {
        switch type {
        case 1: .float32
        case 2: .uint8
        case 3: .int8
        case 5: .int16
        case 6: .int32
        case 7: .int64
        case 9: .bool
        case 10: .float16
        case 11: .float64
        case 16: .bfloat16
        default: nil
        }
    }
}
