import Dispatch
import Synchronization

/// Holds whoever passes until it is opened, and remembers in which order they passed.
package final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let numbers = Mutex<[Int]>([])
    private let arrivals = Atomic(0)

    package init() {}

    package func pass(_ number: Int = 0) {
        arrivals.wrappingAdd(1, ordering: .relaxed)
        semaphore.wait()
        semaphore.signal()
        numbers.withLock { $0.append(number) }
    }

    package func open() { semaphore.signal() }

    /// How many have come, those that still wait included.
    package var arrived: Int { arrivals.load(ordering: .relaxed) }

    package var passed: [Int] { numbers.withLock { $0 } }
}

/// A truth that one thread sets and another reads.
package final class Flag: Sendable {
    private let flag: Atomic<Bool>

    package init(_ value: Bool = false) { flag = Atomic(value) }

    package var value: Bool {
        get { flag.load(ordering: .relaxed) }
        set { flag.store(newValue, ordering: .relaxed) }
    }
}

/// Counts, from any thread.
package final class Tally: Sendable {
    private let value = Atomic(0)

    package init() {}

    /// One more: how many there are with it.
    package func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }

    package var count: Int { value.load(ordering: .relaxed) }
}
