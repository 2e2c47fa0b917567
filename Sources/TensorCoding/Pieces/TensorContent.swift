import ConvolutionEngine

/// The elements of a tensor as they stand in a body, written some at a time. There is at least one element.
struct TensorContent: Sendable {
    enum Form {
        /// JSON arrays inside arrays.
        case nested
        /// One JSON array.
        case flat
        /// Base64 of the little-endian elements, without quotes.
        case base64
        /// The little-endian elements themselves, as all machines have them that this runs on.
        case octets
    }

    let tensor: NamedTensor
    let form: Form

    var elementCount: Int {
        switch tensor {
        case .tensor(let tensor): tensor.shape.elementCount
        case .indices(let indices): indices.shape.elementCount
        }
    }

    private var elementSize: Int {
        switch tensor {
        case .tensor: MemoryLayout<Float>.size
        case .indices: MemoryLayout<Int64>.size
        }
    }

    /// Octets of the whole; nil where that depends on the elements.
    var count: Int? {
        switch form {
        case .nested, .flat: nil
        case .base64: (elementCount * elementSize + 2) / 3 * 4
        case .octets: elementCount * elementSize
        }
    }

    /// Of a piece with room for so many numbers as text: a number takes ten octets or so.
    func elements(inPlaceOf numbers: Int) -> Int {
        switch form {
        case .nested, .flat: max(numbers, 1)
        // Three elements are a whole number of groups.
        case .base64: max(numbers * 8 / elementSize / 3, 1) * 3
        case .octets: max(numbers * 12 / elementSize, 1)
        }
    }

    /// Appends what the elements of `range` contribute. In base64 it begins, and unless it is the last it ends, at a
    /// multiple of three.
    func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
        switch tensor {
        case .tensor(let tensor):
            unsafe tensor.withElements { elements in unsafe append(range, of: elements, tensor.shape, to: &bytes) }
        case .indices(let indices):
            unsafe indices.values.withUnsafeBufferPointer { elements in
                unsafe append(range, of: elements, indices.shape, to: &bytes)
            }
        }
    }

    private func append<Element: NumberStreamElement>(
        _ range: Range<Int>,
        of elements: UnsafeBufferPointer<Element>,
        _ shape: Shape,
        to bytes: inout [UInt8]
    ) {
        switch form {
        case .nested: unsafe NumberRows.append(range, of: elements, nestedAs: shape, to: &bytes)
        case .flat: unsafe NumberRows.append(range, of: elements, nestedAs: nil, to: &bytes)
        case .base64: unsafe Base64.append(UnsafeRawBufferPointer(rebased(elements, range)), to: &bytes)
        case .octets: unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebased(elements, range)))
        }
    }

    private func rebased<Element>(
        _ elements: UnsafeBufferPointer<Element>,
        _ range: Range<Int>
    ) -> UnsafeBufferPointer<Element> {
        unsafe UnsafeBufferPointer(rebasing: elements[range])
    }
}
