import Synchronization

/// The connections of all loops, and the most there may be.
final class ConnectionCount: Sendable {
    let limit: Int
    private let open = Atomic(0)
    /// Accepting has stopped until one is closed.
    private let isWaiting = Atomic(false)

    init(limit: Int) {
        self.limit = limit
    }

    var current: Int { open.load(ordering: .relaxed) }

    /// Whether one more may be accepted. After "no", the next `closed()` that makes room answers true.
    func hasRoom() -> Bool {
        if open.load(ordering: .sequentiallyConsistent) < limit { return true }
        isWaiting.store(true, ordering: .sequentiallyConsistent)
        // One may have been closed between the look and the note.
        guard open.load(ordering: .sequentiallyConsistent) < limit else { return false }
        isWaiting.store(false, ordering: .sequentiallyConsistent)
        return true
    }

    func opened() {
        open.add(1, ordering: .sequentiallyConsistent)
    }

    /// True where accepting has to be woken.
    func closed() -> Bool {
        open.subtract(1, ordering: .sequentiallyConsistent)
        return isWaiting.exchange(false, ordering: .sequentiallyConsistent)
    }
}
