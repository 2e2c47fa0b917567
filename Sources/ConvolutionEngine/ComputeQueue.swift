import Dispatch
import Synchronization

/// The one queue on which requests are computed: as many at once as there are cores, a bounded number waiting.
///
/// Tasks wait in a ring of our own, and at most `width` drainers on a concurrent Dispatch queue take them from it, one after
/// the other. So Dispatch never sees more blocks than cores, no thread ever blocks, and its pool never grows.
package final class ComputeQueue: Sendable {
    package typealias Task = @Sendable () -> Void

    /// How many tasks run at once.
    package let width: Int
    /// How many more may wait.
    package let capacity: Int

    private let state: Mutex<State>
    private let drainers = DispatchQueue(label: "convserve.compute", attributes: .concurrent)

    package init(width: Int, capacity: Int) {
        self.width = max(1, width)
        self.capacity = max(0, capacity)
        state = Mutex(State(waiting: TaskRing(capacity: max(0, capacity))))
    }

    /// Runs `task` as soon as a place is free, first come first served. `false`, and nothing happens, when the queue is full.
    package func submit(_ task: @escaping Task) -> Bool {
        let admission = state.withLock { state -> Admission in
            if state.running < width {
                state.running += 1
                return .runs
            }
            return state.waiting.append(task) ? .waits : .refused
        }
        if admission == .runs { drainers.async { self.drain(from: task) } }
        return admission != .refused
    }

    /// Tasks that wait for a place.
    package var waiting: Int { state.withLock { $0.waiting.count } }

    /// Tasks that are being computed.
    package var running: Int { state.withLock { $0.running } }

    /// Runs `first`, then whatever waits, then gives the place back.
    private func drain(from first: @escaping Task) {
        var next: Task? = first
        while let task = next {
            task()
            next = state.withLock { state in
                let waiting = state.waiting.removeFirst()
                if waiting == nil { state.running -= 1 }
                return waiting
            }
        }
    }

    private enum Admission { case runs, waits, refused }

    private struct State {
        var running = 0
        var waiting: TaskRing
    }
}

/// First in, first out, of a fixed size.
private struct TaskRing {
    private var slots: [ComputeQueue.Task?]
    private var head = 0
    private(set) var count = 0

    init(capacity: Int) { slots = Array(repeating: nil, count: capacity) }

    /// `false` when the ring is full.
    mutating func append(_ task: @escaping ComputeQueue.Task) -> Bool {
        guard count < slots.count else { return false }
        slots[(head + count) % slots.count] = task
        count += 1
        return true
    }

    mutating func removeFirst() -> ComputeQueue.Task? {
        guard count > 0 else { return nil }
        defer {
            slots[head] = nil
            head = (head + 1) % slots.count
            count -= 1
        }
        return slots[head]
    }
}
