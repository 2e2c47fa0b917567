import ConvolutionEngine
import HTTPServer
import Synchronization

/// A request that has left the event loop: its answer is due from two sides, the computation and the time limit, and
/// whichever claims it first gives it.
final class Pending: Sendable {
    let exchange: Exchange
    private let isClaimed = Atomic(false)
    private let ticket = Mutex<ComputeQueue.Ticket?>(nil)

    init(exchange: Exchange) { self.exchange = exchange }

    /// `true` for the one caller that is to answer.
    func claim() -> Bool { !isClaimed.exchange(true, ordering: .acquiringAndReleasing) }

    var isAnswered: Bool { isClaimed.load(ordering: .relaxed) }

    /// Whether nobody waits for the computation any more: the time limit passed, or the client has gone.
    var isOver: Bool { isClaimed.load(ordering: .relaxed) || exchange.isCancelled }

    /// `isOver`, for those who compute.
    var question: @Sendable () -> Bool { { self.isOver } }

    /// Where it waits or runs in the compute queue now.
    var place: ComputeQueue.Ticket? {
        get { ticket.withLock { $0 } }
        set { ticket.withLock { $0 = newValue } }
    }
}
