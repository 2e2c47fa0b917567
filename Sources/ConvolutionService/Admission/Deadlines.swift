import Dispatch
import HTTPServer
import Synchronization

/// The time limits of the requests that wait or are computed. One timer rings for the earliest.
///
/// Requests that are answered on the event loop never come here.
final class Deadlines: Sendable {

    private struct Entry {
        let instant: Instant
        let passed: @Sendable () -> Void
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        /// For when the timer is set.
        var armed: Instant?
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "convserve.deadlines")
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    init() {
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.ring() }
        timer.activate()
    }

    deinit { timer.cancel() }

    /// Calls `passed` once the instant has come, unless `pending` is removed before.
    func add(_ pending: Pending, at instant: Instant, passed: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.entries[ObjectIdentifier(pending)] = Entry(instant: instant, passed: passed)
            if state.armed.map({ instant < $0 }) ?? true { set(&state, to: instant) }
        }
        // It may have been answered, and removed, before it was here.
        if pending.isAnswered { remove(pending) }
    }

    func remove(_ pending: Pending) {
        let removed = state.withLock { $0.entries.removeValue(forKey: ObjectIdentifier(pending)) }
        // What it held is let go of outside the lock.
        withExtendedLifetime(removed) {}
    }

    /// How many requests are watched.
    var count: Int { state.withLock { $0.entries.count } }

    private func ring() {
        let now = Instant.now
        let passed = state.withLock { state in
            let passed = state.entries.filter { $0.value.instant <= now }
            for key in passed.keys { state.entries[key] = nil }
            state.armed = nil
            if let next = state.entries.values.map(\.instant).min() { set(&state, to: next) }
            return passed
        }
        for entry in passed.values { entry.passed() }
    }

    private func set(_ state: inout State, to instant: Instant) {
        state.armed = instant
        let left = max(0, (instant - Instant.now).nanoseconds)
        timer.schedule(deadline: .now() + .nanoseconds(Int(left)), leeway: .milliseconds(1))
    }
}
