#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Floats between two pages that nobody may touch: an access one element too far ends the test run.
package final class GuardedFloats {
    package enum Edge: CaseIterable {
        /// The first element follows the unmapped page before it.
        case front
        /// The last element is followed by the unmapped page.
        case back
    }

    package let pointer: UnsafeMutablePointer<Float>
    package let count: Int
    private let mapping: UnsafeMutableRawPointer
    private let mappedBytes: Int

    /// All elements hold `value`.
    package init(count: Int, edge: Edge, filledWith value: Float = 0) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let bytes = count * MemoryLayout<Float>.stride
        let inner = (bytes + page - 1) / page * page
        mappedBytes = inner + 2 * page
        let flags = Int32(MAP_PRIVATE) | Int32(MAP_ANONYMOUS)
        guard let mapping = mmap(nil, mappedBytes, PROT_NONE, flags, -1, 0), mapping != MAP_FAILED,
            inner == 0 || mprotect(mapping + page, inner, PROT_READ | PROT_WRITE) == 0
        else { preconditionFailure("no memory for a guarded buffer of \(bytes) bytes") }
        self.mapping = mapping
        self.count = count
        let start = mapping + page + (edge == .front ? 0 : inner - bytes)
        pointer = start.bindMemory(to: Float.self, capacity: max(1, count))
        if count > 0 { pointer.initialize(repeating: value, count: count) }
    }

    package convenience init(_ elements: [Float], edge: Edge) {
        self.init(count: elements.count, edge: edge)
        for (index, element) in elements.enumerated() { pointer[index] = element }
    }

    deinit { munmap(mapping, mappedBytes) }

    package var elements: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
