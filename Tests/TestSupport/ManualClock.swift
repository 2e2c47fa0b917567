package import HTTPServer
import Synchronization

/// A clock that stands still until it is moved.
package final class ManualClock: Sendable {
    private let instant = Mutex(Instant.now)

    package init() {}

    package var now: Instant { instant.withLock { $0 } }

    package func advance(by duration: Duration) {
        instant.withLock { $0 += duration }
    }
}
