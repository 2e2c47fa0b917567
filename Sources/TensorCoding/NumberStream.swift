import CTextKernels
import ConvolutionEngine

/// An element that can be written as a JSON number.
protocol NumberStreamElement: BitwiseCopyable {
    /// Writes each number and a comma after it, at most `NumberStream.room` octets each, and gives how many in all;
    /// behind the last, as many again may be overwritten.
    static func write(
        _ elements: UnsafeBufferPointer<Self>,
        to text: UnsafeMutablePointer<UInt8>,
        _ kernels: TextKernels
    )
        -> Int
}

extension Float: NumberStreamElement {
    /// The fewest digits that read back to the same float32, laid out as JavaScript does it (plain from 1e-6 up to below
    /// 1e21, else with an exponent), without the plus sign in exponents; NaN and infinities as strings.
    static func write(
        _ elements: UnsafeBufferPointer<Float>,
        to text: UnsafeMutablePointer<UInt8>,
        _ kernels: TextKernels
    )
        -> Int
    {
        guard let start = elements.baseAddress else { return 0 }
        return unsafe kernels.functions.write_floats(start, elements.count, text)
    }
}

extension Int64: NumberStreamElement {
    static func write(
        _ elements: UnsafeBufferPointer<Int64>,
        to text: UnsafeMutablePointer<UInt8>,
        _ kernels: TextKernels
    )
        -> Int
    {
        guard let start = elements.baseAddress else { return 0 }
        return unsafe kernels.functions.write_integers(start, elements.count, text)
    }
}

/// Numbers and brackets on their way into a body: written to a small block that stays in the cache, then appended whole.
///
/// Safe, because only `append` makes one, and it does not outlive the block.
@safe struct NumberStream {
    /// What one number takes, its comma included.
    static let room = CT_NUMBER_ROOM
    /// Octets after which the block is emptied.
    private static let blockSize = 8192
    /// So few numbers are written to their place at once.
    static let few = 1...16
    /// As many numbers are written at once; they have room behind a block that is nearly full.
    private static let batch = 256

    private let kernels: TextKernels
    private let block: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var bytes: [UInt8]
    private var elementsWritten = 0
    private let elementCount: Int
    private var hasMadeRoom = false

    /// Appends all elements as arrays inside arrays, as the shape says; without a shape in one array.
    static func append<Element: NumberStreamElement>(
        _ elements: UnsafeBufferPointer<Element>,
        nestedAs shape: Shape?,
        to bytes: inout [UInt8],
        kernels: TextKernels = .chosen
    ) {
        if few ~= elements.count { return unsafe appendFew(elements, shape, to: &bytes, kernels) }
        let capacity = blockSize + (min(elements.count, batch) + 2) * room
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { block in
            guard let start = block.baseAddress else { return }
            var stream = unsafe NumberStream(
                block: start,
                bytes: bytes,
                elementCount: elements.count,
                kernels: kernels
            )
            // The stream's copy is then the only one, and grows in place.
            bytes = []
            if let shape {
                unsafe stream.nest(elements, shape, axis: 0)
            } else {
                unsafe stream.row(elements)
            }
            stream.flush()
            bytes = stream.bytes
        }
    }

    private static func appendFew<Element: NumberStreamElement>(
        _ elements: UnsafeBufferPointer<Element>,
        _ shape: Shape?,
        to bytes: inout [UInt8],
        _ kernels: TextKernels
    ) {
        bytes.append(atMost: room(forFew: elements.count, shape)) { text in
            unsafe put(elements, shape, axis: 0, kernels, &text)
        }
    }

    /// What so many numbers take, as arrays inside arrays or in one.
    static func room(forFew count: Int, _ shape: Shape?) -> Int {
        // On each axis there are at most as many arrays as numbers, each with two brackets and a comma.
        (count + 1) * room + 3 * max(shape?.rank ?? 1, 1) * count
    }

    /// Writes few numbers where room was made for them.
    static func putFew(_ elements: UnsafeBufferPointer<Float>, _ shape: Shape, _ text: inout TextCursor) {
        unsafe put(elements, shape, axis: 0, .chosen, &text)
    }

    private static func put<Element: NumberStreamElement>(
        _ elements: UnsafeBufferPointer<Element>,
        _ shape: Shape?,
        axis: Int,
        _ kernels: TextKernels,
        _ text: inout TextCursor
    ) {
        text.put("[")
        if let shape, axis < shape.rank - 1 {
            let extent = shape[axis]
            let length = elements.count / extent
            for index in 0..<extent {
                if index > 0 { text.put(",") }
                let part = unsafe UnsafeBufferPointer(rebasing: elements[index * length..<(index + 1) * length])
                unsafe put(part, shape, axis: axis + 1, kernels, &text)
            }
        } else {
            // The comma after the last one is taken back.
            unsafe text.advance(by: Element.write(elements, to: text.next, kernels) - 1)
        }
        text.put("]")
    }

    private init(
        block: UnsafeMutablePointer<UInt8>,
        bytes: [UInt8],
        elementCount: Int,
        kernels: TextKernels
    ) {
        self.kernels = kernels
        unsafe self.block = block
        self.bytes = bytes
        self.elementCount = elementCount
    }

    private mutating func nest<Element: NumberStreamElement>(
        _ elements: UnsafeBufferPointer<Element>,
        _ shape: Shape,
        axis: Int
    ) {
        guard axis < shape.rank - 1 else { return unsafe row(elements) }
        put(UInt8(ascii: "["))
        let extent = shape[axis]
        let length = extent == 0 ? 0 : elements.count / extent
        for index in 0..<extent {
            if index > 0 { put(UInt8(ascii: ",")) }
            let part = unsafe UnsafeBufferPointer(rebasing: elements[index * length..<(index + 1) * length])
            unsafe nest(part, shape, axis: axis + 1)
        }
        put(UInt8(ascii: "]"))
    }

    private mutating func row<Element: NumberStreamElement>(_ elements: UnsafeBufferPointer<Element>) {
        put(UInt8(ascii: "["))
        for start in stride(from: 0, to: elements.count, by: NumberStream.batch) {
            if count >= NumberStream.blockSize { flush(afterElements: elementsWritten + start) }
            let end = min(start + NumberStream.batch, elements.count)
            let batch = unsafe UnsafeBufferPointer(rebasing: elements[start..<end])
            unsafe count += Element.write(batch, to: block + count, kernels)
        }
        // The comma after the last one is taken back.
        if !elements.isEmpty { count -= 1 }
        elementsWritten += elements.count
        put(UInt8(ascii: "]"))
    }

    private mutating func put(_ byte: UInt8) {
        if count >= NumberStream.blockSize { flush() }
        unsafe block[count] = byte
        count += 1
    }

    private mutating func flush() { flush(afterElements: elementsWritten) }

    /// Makes room at the first flush for as much as the rest would need if it went on like this.
    private mutating func flush(afterElements written: Int) {
        if !hasMadeRoom, written > 0 {
            hasMadeRoom = true
            let perElement = Double(count) / Double(written)
            bytes.reserveCapacity(bytes.count + count + Int(perElement * 1.02 * Double(elementCount - written)))
        }
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: block, count: count))
        count = 0
    }
}
