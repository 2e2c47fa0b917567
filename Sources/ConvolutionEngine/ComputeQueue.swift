/// The one queue on which requests are computed: as many at once as there are cores, a bounded number waiting.
package final class ComputeQueue: Sendable {
    /// `width` tasks run at once; at most `capacity` more wait.
    package init(width: Int, capacity: Int) {
        self.width = width
        self.capacity = capacity
    }

    package let width: Int
    package let capacity: Int

    /// Runs `task` as soon as a place is free, first come first served. `false`, and nothing happens, when the queue is full.
    package func submit(_ task: @escaping @Sendable () -> Void) -> Bool { false }

    /// Tasks that wait for a place.
    package var waiting: Int { 0 }
    /// Tasks that are being computed.
    package var running: Int { 0 }
}
