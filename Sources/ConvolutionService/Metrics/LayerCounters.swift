import CoreMetrics
import Synchronization

/// The layers that were computed, by algorithm: a counter for each that has been used.
///
/// They stand in a list that only grows at its front, so that a request finds its own without a lock; so few that looking at
/// each is quicker than hashing a name.
final class LayerCounters: Sendable {
    private final class Entry: Sendable {
        let algorithm: String
        let counter: Counter
        let next: Entry?

        init(_ algorithm: String, _ counter: Counter, before next: Entry?) {
            self.algorithm = algorithm
            self.counter = counter
            self.next = next
        }

        /// False where neither this nor any behind it is of the algorithm.
        func increment(_ algorithm: String) -> Bool {
            guard self.algorithm == algorithm else { return next?.increment(algorithm) ?? false }
            counter.increment()
            return true
        }
    }

    /// Holds the list.
    private let first = Mutex<Entry?>(nil)
    /// The same, to be found without the lock. An entry stays for as long as this.
    private let known = Atomic<Unmanaged<Entry>?>(nil)
    private let factory: any MetricsFactory

    init(_ factory: any MetricsFactory) { self.factory = factory }

    func increment(_ algorithm: String) {
        let isKnown = known.load(ordering: .acquiring)?._withUnsafeGuaranteedRef { $0.increment(algorithm) }
        guard isKnown != true else { return }
        first.withLock { first in
            // Another thread may have been here just before.
            guard first?.increment(algorithm) != true else { return }
            let dimensions = [("algorithm", algorithm)]
            let counter = Counter(label: "convserve_layers_total", dimensions: dimensions, factory: factory)
            counter.increment()
            let entry = Entry(algorithm, counter, before: first)
            first = entry
            known.store(Unmanaged.passUnretained(entry), ordering: .releasing)
        }
    }
}
