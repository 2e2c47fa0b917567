import Synchronization

/// The connections of all loops, and the most there may be.
final class ConnectionCount: Sendable {
    let limit: Int
    private let open = Atomic(0)
    /// The loop that has stopped accepting until a connection is closed.
    private let waiting = Mutex<EventLoop?>(nil)
    private let isWaiting = Atomic(false)

    init(limit: Int) {
        self.limit = limit
    }

    var current: Int { open.load(ordering: .relaxed) }

    /// Whether one more may be accepted. Where not, `loop` is told when that changes.
    func hasRoom(for loop: EventLoop) -> Bool {
        if open.load(ordering: .sequentiallyConsistent) < limit { return true }
        waiting.withLock { $0 = loop }
        isWaiting.store(true, ordering: .sequentiallyConsistent)
        // One may have been closed between the look and the note.
        guard open.load(ordering: .sequentiallyConsistent) < limit else { return false }
        isWaiting.store(false, ordering: .sequentiallyConsistent)
        return true
    }

    func opened() {
        open.add(1, ordering: .sequentiallyConsistent)
    }

    func closed() {
        open.subtract(1, ordering: .sequentiallyConsistent)
        guard isWaiting.exchange(false, ordering: .sequentiallyConsistent) else { return }
        waiting.withLock { $0.take() }?.post(.acceptAgain)
    }
}
