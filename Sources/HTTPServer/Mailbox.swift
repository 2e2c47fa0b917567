import Synchronization

/// What other threads have to tell a loop.
enum Message: Sendable {
    /// The answer for the connection of this token.
    case outcome(Outcome, for: Token)
    /// More has been made of the body that this connection sends.
    case pieces(for: Token)
    /// A connection to be served from now on.
    case adopt(Socket)
    /// A connection was closed while accepting had stopped for there being too many.
    case acceptAgain
    /// Look at the deadlines: a clock that is moved by hand has moved.
    case checkDeadlines
    /// Each answer is the last on its connection from now on.
    case closeAfterAnswers
    /// Accept no more, finish what is in flight, and cut what is not finished by then.
    case drain(until: Instant)
    /// Cut everything.
    case stop
}

/// How a request ended for its handler.
enum Outcome: Sendable {
    case answered(Response)
    /// The handler let go of the exchange without an answer.
    case dropped
}

/// Messages to a loop in the order posted. A loop that waits is woken once, however many there are; one that is at work
/// finds them when it comes to its next round.
final class Mailbox: Sendable {
    private struct State {
        var messages: [Message] = []
        var isAwaited = false
        var isClosed = false
    }

    private let state = Mutex(State())
    let bell: Bell

    init() throws(ServerError) {
        bell = try Bell()
    }

    /// False where nobody will ever read it.
    func post(_ message: Message) -> Bool {
        let (isPosted, wakes) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.messages.append(message)
            defer { state.isAwaited = false }
            return (true, state.isAwaited)
        }
        if wakes { bell.ring() }
        return isPosted
    }

    /// Before the loop waits: the bell rings for the next message. False where there is one already.
    func await() -> Bool {
        state.withLock { state in
            state.isAwaited = state.messages.isEmpty
            return state.isAwaited
        }
    }

    /// The messages, in exchange for an empty array whose storage is used next.
    func take(into messages: inout [Message]) {
        state.withLock { state in
            swap(&state.messages, &messages)
            state.isAwaited = false
        }
    }

    /// From now on nothing is taken in: what was not read yet.
    func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }
}
