/// One request's claim to an answer.
package final class Exchange: Sendable {
    /// Hands over the answer. Called exactly once, from any thread.
    package func respond(_ response: consuming Response) {}

    /// True once the client has gone away or the server stops at once: work on the answer may be given up.
    package var isCancelled: Bool { false }
}
