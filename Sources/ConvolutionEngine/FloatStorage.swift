import CVectorKernels

/// Owns a 64-byte aligned run of float32 elements, uninitialised until written.
///
/// Written by exactly one owner before it is shared (as a `Tensor`), read-only from then on; hence the unchecked
/// conformance.
package final class FloatStorage: @unchecked Sendable {
    /// One cache line, and one AVX-512 register.
    package static let alignment = 64

    package let pointer: UnsafeMutablePointer<Float>
    /// In elements.
    package let capacity: Int
    /// As it was allocated.
    private let memory: UnsafeMutableRawPointer

    package init(capacity: Int) {
        let bytes = max(capacity, 1) * MemoryLayout<Float>.stride
        // Aligned here: the allocator's own way to aligned memory takes ten times as long for a small tensor.
        memory = .allocate(byteCount: bytes + FloatStorage.alignment, alignment: MemoryLayout<Float>.alignment)
        // Below this the system's ordinary pages are reached quickly enough.
        if bytes >= 4 << 20 { cv_prefer_large_pages(memory, bytes) }
        let aligned = memory.alignedUp(toMultipleOf: FloatStorage.alignment)
        pointer = aligned.bindMemory(to: Float.self, capacity: max(capacity, 1))
        self.capacity = capacity
    }

    deinit { memory.deallocate() }
}

/// Grows while numbers are read into it and becomes a tensor without another copy.
package struct FloatBuffer: ~Copyable {
    private var storage: FloatStorage
    /// Elements written so far.
    package private(set) var count = 0

    package init(minimumCapacity: Int = 256) {
        storage = FloatStorage(capacity: minimumCapacity)
    }

    package mutating func append(_ value: Float) {
        if count == storage.capacity { grow(toHold: count + 1) }
        storage.pointer[count] = value
        count += 1
    }

    /// Room for `additional` more elements; write from the pointer on, then call `advance(by:)`.
    package mutating func reserve(_ additional: Int) -> UnsafeMutablePointer<Float> {
        if storage.capacity - count < additional { grow(toHold: count + additional) }
        return storage.pointer + count
    }

    /// Says that `written` elements were written at the pointer that `reserve(_:)` gave.
    package mutating func advance(by written: Int) {
        precondition(written >= 0 && written <= storage.capacity - count, "more written than reserved")
        count += written
    }

    /// `nil` when the number of elements is not the shape's product.
    package consuming func tensor(shape: Shape) -> Tensor? {
        guard count == shape.elementCount else { return nil }
        return Tensor(shape: shape, storage: storage)
    }

    private mutating func grow(toHold needed: Int) {
        let larger = FloatStorage(capacity: max(needed, 2 * storage.capacity))
        larger.pointer.update(from: storage.pointer, count: count)
        storage = larger
    }
}
