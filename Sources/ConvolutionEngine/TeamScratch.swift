import Synchronization

/// Working memory of one thread, kept from one layer to the next. Grows to what the largest plan asks for, which the
/// block sizes bound; its contents are undefined between uses.
final class Scratch: @unchecked Sendable {
    private var storage = FloatStorage(capacity: 0)

    var pointer: UnsafeMutablePointer<Float> { storage.pointer }
    var capacity: Int { storage.capacity }

    func ensure(_ count: Int) {
        if storage.capacity < count { storage = FloatStorage(capacity: count) }
    }
}

/// The working memory of the callers, who come and go.
final class ScratchPool: Sendable {
    /// More than this many idle ones, or larger ones, are given back to the system.
    private static let keptCount = 16
    private static let keptCapacity = 4 << 20

    private static let none = Scratch()
    private let idle = Mutex<[Scratch]>([])

    func borrow(_ count: Int) -> Scratch {
        guard count > 0 else { return ScratchPool.none }
        let scratch = idle.withLock { $0.popLast() } ?? Scratch()
        scratch.ensure(count)
        return scratch
    }

    func giveBack(_ scratch: Scratch) {
        guard scratch !== ScratchPool.none, scratch.capacity <= ScratchPool.keptCapacity else { return }
        idle.withLock { if $0.count < ScratchPool.keptCount { $0.append(scratch) } }
    }
}
