import Synchronization

/// Octets that all connections together may hold in bodies and unsent answers.
final class OctetBudget: Sendable {
    private let limit: Int
    private let held = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes so many, or none where that would exceed the limit.
    func take(_ count: Int) -> Bool {
        let (old, new) = held.add(count, ordering: .relaxed)
        guard old <= limit, new <= limit else {
            held.subtract(count, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Takes so many even past the limit: what exists already can only be counted, so that new bodies are refused.
    func takeAnyway(_ count: Int) {
        held.add(count, ordering: .relaxed)
    }

    func give(_ count: Int) {
        held.subtract(count, ordering: .relaxed)
    }
}
