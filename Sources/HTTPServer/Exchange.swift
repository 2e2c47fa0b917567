import Synchronization

/// One request's claim to an answer.
///
/// Whoever holds it owes the answer: an exchange that nobody holds any more and that was never answered is answered
/// with 500, and its connection closed.
package final class Exchange: Sendable {
    private let recipient: any Recipient
    private let isAnswered = Atomic(false)

    package init(recipient: any Recipient) {
        self.recipient = recipient
    }

    deinit {
        if !isAnswered.load(ordering: .relaxed) { recipient.deliver(nil) }
    }

    /// Hands over the answer. Called exactly once, from any thread; the first answer is the one that counts.
    package func respond(_ response: consuming Response) {
        guard !isAnswered.exchange(true, ordering: .relaxed) else { return }
        recipient.deliver(response)
    }

    /// True once the client has gone away or the server stops at once: work on the answer may be given up.
    package var isCancelled: Bool { recipient.isCancelled }
}

/// Where an answer goes: a connection, or what stands for one in a test.
package protocol Recipient: Sendable {
    /// Nobody waits for the answer any more.
    var isCancelled: Bool { get }
    /// Called once for each exchange, from any thread; nil where it was let go of without an answer.
    func deliver(_ response: consuming Response?)
}
