/// Float32 elements in row-major order, 64-byte aligned, never changed once the tensor exists.
///
/// One reference: layers, plans and results hand tensors on by the dozen.
package struct Tensor: @unchecked Sendable {
    /// Its shape was set when the tensor was made, before anyone shared it.
    private let memory: FloatMemory

    package var shape: Shape {
        guard let shape = memory.head.pointee.shape else { preconditionFailure("every tensor has a shape") }
        return shape
    }

    /// Takes over the storage, whose first `shape.elementCount` elements must have been written.
    package init(shape: Shape, storage: FloatStorage) {
        precondition(storage.capacity >= shape.elementCount, "storage is smaller than the shape")
        memory = storage.memory
        memory.head.pointee.shape = shape
    }

    /// Makes a tensor whose elements `fill` writes; memory is not zeroed first, so `fill` must write all of them.
    package init<Failure: Error>(
        shape: Shape,
        fill: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Void
    ) throws(Failure) {
        let storage = FloatStorage(capacity: shape.elementCount)
        try fill(UnsafeMutableBufferPointer(start: storage.pointer, count: shape.elementCount))
        self.init(shape: shape, storage: storage)
    }

    /// A tensor of the given elements in row-major order; `nil` when their number is not the shape's product.
    package init?(shape: Shape, elements: [Float]) {
        guard elements.count == shape.elementCount else { return nil }
        self.init(shape: shape) { buffer in _ = buffer.initialize(from: elements) }
    }

    /// The same elements under another shape of the same element count.
    package func reshaped(_ shape: Shape) -> Tensor {
        precondition(shape.elementCount == elementCount, "another number of elements")
        let head = memory.head.pointee
        return Tensor(shape, head.pointer, capacity: head.capacity, of: head.lender ?? memory)
    }

    /// Takes a share in the storage: `shape.elementCount` elements from `offset` on, which must have been written.
    init(shape: Shape, sharing storage: FloatStorage, from offset: Int) {
        precondition(storage.capacity - offset >= shape.elementCount, "storage is smaller than the shape")
        self.init(shape, storage.pointer + offset, capacity: shape.elementCount, of: storage.memory)
    }

    private init(_ shape: Shape, _ pointer: UnsafeMutablePointer<Float>, capacity: Int, of lender: FloatMemory) {
        memory = .create(minimumCapacity: 0) { _ in
            FloatHeader(shape: shape, pointer: pointer, capacity: capacity, lender: lender)
        }
    }

    package var elementCount: Int { shape.elementCount }

    /// That it occupies: storage that grew while it was filled is larger than its elements.
    package var byteCount: Int { memory.head.pointee.capacity * MemoryLayout<Float>.stride }

    /// Calls `body` with all elements, row-major.
    package func withElements<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(memory) {} }
        return try body(UnsafeBufferPointer(start: memory.head.pointee.pointer, count: elementCount))
    }

    /// All elements, row-major, without copying.
    package var elements: Span<Float> {
        @_lifetime(borrow self)
        get {
            let start = memory.head.pointee.pointer
            let span = Span(_unsafeElements: UnsafeBufferPointer(start: start, count: elementCount))
            return _overrideLifetime(span, borrowing: self)
        }
    }
}

/// Indices into a plane, as max pooling gives and max unpooling takes them.
package struct IndexTensor: Sendable {
    package let shape: Shape
    /// `shape.elementCount` indices, row-major.
    package let values: [Int64]

    /// `nil` when the number of values is not the shape's product.
    package init?(shape: Shape, values: [Int64]) {
        guard values.count == shape.elementCount else { return nil }
        self.shape = shape
        self.values = values
    }
}
