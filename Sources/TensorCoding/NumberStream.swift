import ConvolutionEngine

/// An element that can be written as a JSON number.
protocol NumberStreamElement: BitwiseCopyable {
    /// Writes it at the pointer, at most `NumberText.room` octets, and gives how many.
    func write(as numbers: NumberText, to text: UnsafeMutablePointer<UInt8>) -> Int
}

extension Float: NumberStreamElement {
    @inline(__always)
    func write(as numbers: NumberText, to text: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe numbers.write(self, to: text)
    }
}

extension Int64: NumberStreamElement {
    func write(as numbers: NumberText, to text: UnsafeMutablePointer<UInt8>) -> Int {
        let digits = String(self).utf8
        for (offset, digit) in digits.enumerated() { unsafe text[offset] = digit }
        return digits.count
    }
}

/// Numbers and brackets on their way into a body: written to a small block that stays in the cache, then appended whole.
///
/// Safe, because only `append` makes one, and it does not outlive the block.
@safe struct NumberStream {
    private static let blockSize = 8192

    private let numbers = NumberText()
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
        to bytes: inout [UInt8]
    ) {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: blockSize + 2 * NumberText.room) { block in
            guard let start = block.baseAddress else { return }
            var stream = unsafe NumberStream(block: start, bytes: bytes, elementCount: elements.count)
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

    private init(block: UnsafeMutablePointer<UInt8>, bytes: [UInt8], elementCount: Int) {
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
        for index in elements.indices {
            // The comma after the last one is taken back.
            unsafe count &+= elements[index].write(as: numbers, to: block + count)
            unsafe block[count] = UInt8(ascii: ",")
            count &+= 1
            if count >= NumberStream.blockSize, index + 1 < elements.count {
                flush(afterElements: elementsWritten + index + 1)
            }
        }
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
