import TestSupport

/// Places between two pages that nobody may touch.
struct GuardedPlaces {
    private let memory: GuardedFloats
    let pointer: UnsafeMutablePointer<Int64>
    private let count: Int

    init(count: Int, edge: GuardedFloats.Edge) {
        memory = GuardedFloats(count: 2 * count, edge: edge)
        pointer = UnsafeMutableRawPointer(memory.pointer).bindMemory(to: Int64.self, capacity: count)
        pointer.update(repeating: -1, count: count)
        self.count = count
    }

    var elements: [Int64] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
