import Synchronization

/// Where the handler puts the answers of one connection, one after the other.
///
/// An answer that is there when the handler returns is taken out by the loop at once, with no message and no wake-up;
/// one that comes later is posted to the loop. A handler that returns its answer has no need of the box.
final class AnswerBox: Recipient {
    private enum State {
        case closed
        /// The handler is being called.
        case open(Outcome?)
        /// The handler has returned without an answer.
        case awaited
    }

    private let state = Mutex(State.closed)
    private let cancelled = Atomic(false)
    private let token: Token
    private let loop: EventLoop

    init(token: Token, loop: EventLoop) {
        self.token = token
        self.loop = loop
    }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// The connection is no more.
    func cancel() {
        cancelled.store(true, ordering: .relaxed)
    }

    /// The handler wants to answer through it.
    func open() {
        state.withLock { $0 = .open(nil) }
    }

    /// After the handler has returned without an answer: the outcome where there is one already.
    func takeOrAwait() -> Outcome? {
        state.withLock { state in
            switch state {
            case .open(nil):
                state = .awaited
                return nil
            case .open(.some(let outcome)):
                state = .closed
                return outcome
            case .closed, .awaited:
                // It has not asked for an exchange either.
                return .dropped
            }
        }
    }

    func deliver(_ response: consuming Response?) {
        let outcome = response.map(Outcome.answered) ?? .dropped
        let isLate = state.withLock { state in
            switch state {
            case .open(nil):
                state = .open(outcome)
                return false
            case .awaited:
                state = .closed
                return true
            case .open, .closed:
                return false
            }
        }
        if isLate { loop.post(.outcome(outcome, for: token)) }
    }

    /// More has been made of the body of an answer that is being sent.
    func announcePieces() {
        loop.post(.pieces(for: token))
    }
}
