import CVectorKernels

/// Owns a 64-byte aligned run of float32 elements, uninitialised until written.
///
/// Written by exactly one owner before it is shared (as a `Tensor`), read-only from then on; hence the unchecked
/// conformance.
package struct FloatStorage: @unchecked Sendable {
    /// One cache line, and one AVX-512 register.
    package static let alignment = 64

    package let pointer: UnsafeMutablePointer<Float>
    /// In elements.
    package let capacity: Int
    /// The elements lie in it, so that a tensor costs one allocation.
    let memory: FloatMemory

    package init(capacity: Int) {
        self.capacity = capacity
        memory = FloatMemory.make(capacity: max(capacity, 1))
        pointer = memory.head.pointee.pointer
        // Below this the system's ordinary pages are reached quickly enough.
        let bytes = capacity * MemoryLayout<Float>.stride
        if bytes >= 4 << 20 { cv_prefer_large_pages(pointer, bytes) }
    }
}

/// The head of a run of elements, which lie behind it or are another's.
typealias FloatMemory = ManagedBuffer<FloatHeader, Float>

struct FloatHeader {
    /// Of the tensor that owns the elements; `nil` before there is one.
    var shape: Shape?
    /// Aligned, but for a part of a larger tensor.
    let pointer: UnsafeMutablePointer<Float>
    /// In elements, behind this head or the lender's.
    let capacity: Int
    /// Where the elements lie when not behind this head.
    let lender: FloatMemory?
}

extension FloatMemory {
    /// The header by its address, which spares the check that nobody else is at it: it is written before anyone shares it.
    var head: UnsafeMutablePointer<FloatHeader> { withUnsafeMutablePointerToHeader { $0 } }

    static func make(capacity: Int) -> FloatMemory {
        // Aligned here: the allocator's own way to aligned memory takes ten times as long for a small tensor.
        let slack = FloatStorage.alignment / MemoryLayout<Float>.stride
        return create(minimumCapacity: capacity + slack) { memory in
            memory.withUnsafeMutablePointerToElements { elements in
                let start = UnsafeMutableRawPointer(elements).alignedUp(toMultipleOf: FloatStorage.alignment)
                let pointer = start.assumingMemoryBound(to: Float.self)
                return FloatHeader(pointer: pointer, capacity: capacity, lender: nil)
            }
        }
    }
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
