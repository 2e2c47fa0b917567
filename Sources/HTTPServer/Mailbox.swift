import Dispatch
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
    case drain(until: ContinuousClock.Instant)
    /// Cut everything.
    case stop
}

/// How a request ended for its handler.
enum Outcome: Sendable {
    case answered(Response)
    /// The handler let go of the exchange without an answer.
    case dropped
}

/// Messages to a loop in the order posted; wakes the loop once, however many there are.
final class Mailbox: Sendable {
    private struct State {
        var messages: [Message] = []
        var isWoken = false
    }

    private let state = Mutex(State())

    /// True where the loop has to be woken for it.
    func post(_ message: sending Message) -> Bool {
        state.withLock { state in
            state.messages.append(message)
            defer { state.isWoken = true }
            return !state.isWoken
        }
    }

    /// The messages, in exchange for an empty array whose storage is used next.
    func take(into messages: inout [Message]) {
        state.withLock { state in
            swap(&state.messages, &messages)
            state.isWoken = false
        }
    }
}
