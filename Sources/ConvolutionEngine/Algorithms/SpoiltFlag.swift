import Synchronization

/// Whether any of the threads that share a run found an output that is infinite or NaN.
final class SpoiltFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    func raise() { flag.store(true, ordering: .relaxed) }

    /// Only asked after all have finished.
    var isRaised: Bool { flag.load(ordering: .relaxed) }
}
