import CTextKernels
import ConvolutionEngine

/// Where the numbers of a tensor go while it is read.
protocol TensorElements: ~Copyable {
    /// Reads the elements of an innermost array, the reader standing on the first, and its `]`. Gives their number.
    /// Errors point at the element (`/3`).
    mutating func readRow(_ reader: inout JSONReader) throws(CodingError) -> Int

    /// Reads whole arrays inside arrays at once, the reader standing on the outermost `[`. Nil, with nothing read, where they
    /// are not small, or something is unusual about them.
    mutating func readSmall(_ reader: inout JSONReader) -> Shape?

    /// Reads whole arrays inside arrays with the help of other threads, the reader standing on the outermost `[`. Nil, with
    /// nothing read, where that is not worth it or not possible, or they have not `rank` axes.
    mutating func readShared(_ reader: inout JSONReader, rank: Int?) -> Shape?
}

extension TensorElements where Self: ~Copyable {
    mutating func readSmall(_ reader: inout JSONReader) -> Shape? { nil }

    mutating func readShared(_ reader: inout JSONReader, rank: Int?) -> Shape? { nil }
}

/// Float32 elements, rounded once from their decimal text.
struct FloatElements: ~Copyable, TensorElements {
    var buffer: FloatBuffer
    /// Where the text of the first element stands, until there is room for all.
    private var first: Int?

    /// Elements of a tensor that is read at once, and octets of a text that may be one.
    private static let fewElements = 64
    private static let fewOctets = 1024

    init() {
        buffer = FloatBuffer(minimumCapacity: FloatElements.fewElements)
    }

    consuming func tensor(shape: Shape) -> Tensor? {
        buffer.tensor(shape: shape)
    }

    mutating func readRow(_ reader: inout JSONReader) throws(CodingError) -> Int {
        if buffer.count == 0 { first = reader.position }
        var count = 0
        while true {
            if buffer.count >= 4096, let start = first {
                first = nil
                reserve(reader.bytes.byteCount - start, octets: reader.position - start, numbers: buffer.count)
            }
            // Two octets at least for each element: never more room than the body can fill.
            let room = min(1024, (reader.bytes.byteCount - reader.position) / 2 + 1)
            let (read, stop) = unsafe reader.numbers(into: buffer.reserve(room), limit: room)
            buffer.advance(by: read)
            count += read
            switch stop {
            case .closed:
                reader.close()
                return count
            case .full:
                break
            case .careful:
                do throws(CodingError) {
                    buffer.append(try reader.element())
                } catch {
                    throw error.under(count)
                }
                count += 1
                if !(try reader.nextElement(isFirst: false)) { return count }
            }
        }
    }
}

extension FloatElements {
    mutating func readSmall(_ reader: inout JSONReader) -> Shape? {
        guard reader.bytes.byteCount - reader.position <= FloatElements.fewOctets else { return nil }
        var extents = InlineArray<8, Int>(repeating: 0)
        let start = reader.position
        let read = unsafe reader.bytes.withUnsafeBytes { body -> ct_nested in
            let room = unsafe buffer.reserve(FloatElements.fewElements)
            return unsafe withUnsafeMutableBytes(of: &extents) { extents in
                let extents = unsafe extents.assumingMemoryBound(to: Int.self)
                guard let text = body.baseAddress, let extents = extents.baseAddress else { return ct_nested() }
                return unsafe ct_read_nested(
                    text.assumingMemoryBound(to: UInt8.self),
                    body.count,
                    start,
                    room,
                    FloatElements.fewElements,
                    extents
                )
            }
        }
        guard read.position > 0, let shape = Shape(extents, rank: read.rank) else { return nil }
        buffer.advance(by: read.count)
        reader.position = read.position
        return shape
    }

    /// Makes room for the numbers of so many octets, as those of the first ones suggest: what is never written to costs
    /// nothing, and growing costs a copy.
    mutating func reserve(_ rest: Int, octets: Int, numbers: Int) {
        let expected = Double(rest) * Double(numbers) / Double(max(octets, 1))
        _ = unsafe buffer.reserve(min(rest / 2, Int(expected * 1.02)) + 1)
    }
}

/// Whole numbers, read exactly.
struct IndexElements: TensorElements {
    private(set) var values: [Int64] = []

    mutating func readRow(_ reader: inout JSONReader) throws(CodingError) -> Int {
        var count = 0
        repeat {
            do throws(CodingError) {
                values.append(try reader.index())
            } catch {
                throw error.under(count)
            }
            count += 1
        } while try reader.nextElement(isFirst: false)
        return count
    }
}

extension JSONReader {
    /// One element of a float32 tensor: a number, or the name of what JSON cannot write.
    mutating func element() throws(CodingError) -> Float {
        let start = position
        // The first element is known to be there: before any other stands a comma.
        if current == UInt8(ascii: "]") { throw unexpected("a value after \",\"") }
        switch try nextType() {
        case .number:
            let decimal = try number()
            guard let value = decimal.float(in: bytes) else {
                throw error(.notRepresentable(number: text(decimal), type: "float32"), at: start)
            }
            return value
        case .string:
            let name = text(try string())
            switch name {
            case "NaN": return .nan
            case "Infinity": return .infinity
            case "-Infinity": return -.infinity
            default:
                throw error(.choice(name, among: ["NaN", "Infinity", "-Infinity"]), at: start)
            }
        case .bool where takesBools: return try bool() ? 1 : 0
        case .array: throw error(.mixed(found: .array, expected: .number), at: start)
        case let found: throw error(.type(found: found, expected: "a number"), at: start)
        }
    }

    /// One element of an index tensor.
    fileprivate mutating func index() throws(CodingError) -> Int64 {
        let start = position
        switch try nextType() {
        case .number: return try int64()
        case .array: throw error(.mixed(found: .array, expected: .number), at: start)
        case let found: throw error(.type(found: found, expected: "an integer"), at: start)
        }
    }

    /// A number that must be an integer, the reader standing on it.
    mutating func int64() throws(CodingError) -> Int64 {
        let start = position
        let decimal = try number()
        switch decimal.integer {
        case .exactly(let value): return value
        case .fractional: throw error(.notInteger(number: text(decimal)), at: start)
        case .outOfRange: throw error(.notRepresentable(number: text(decimal), type: "int64"), at: start)
        }
    }
}
