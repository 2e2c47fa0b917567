/// What a connection waits for, since when, and how far it has come: says until when it may wait. A plain value that
/// is told the time, so that it needs no clock and no timer.
struct Wait {

    enum Subject: Hashable {
        /// The end of the TLS handshake.
        case handshake
        /// The first octet of a request.
        case request
        /// The same, while the server drains and nothing has come yet.
        case lastCall
        /// The rest of a head.
        case head
        /// The rest of a body, whether kept or thrown away.
        case body
        /// The handler's answer; the time it takes is the handler's own affair.
        case answer
        /// A sign of life from a client that ended its direction and awaits its answer.
        case signOfLife
        /// The client, to take an answer.
        case writing
        /// The client's end, after ours.
        case end
    }

    private(set) var subject: Subject
    /// When the waiting began.
    let start: Instant
    /// When it last came on.
    private var progress: Instant
    /// Octets since `start`.
    private var octets = 0

    init(for subject: Subject, since start: Instant) {
        self.subject = subject
        self.start = start
        progress = start
    }

    /// The wait came on by so many octets.
    mutating func advance(by count: Int, at now: Instant) {
        octets += count
        progress = now
    }

    /// The instant when the wait has lasted too long; nil where it may last for ever.
    func deadline(_ patience: Patience) -> Instant? {
        switch subject {
        case .handshake: start + patience.handshake
        case .request: start + patience.idle
        case .lastCall: start + patience.lastCall
        case .head: start + patience.head
        case .body: min(progress + patience.body, endOfRate(patience))
        case .writing: min(progress + patience.writing, endOfRate(patience))
        case .answer: nil
        case .signOfLife: start + patience.halfClosed
        case .end: start + patience.lingering
        }
    }

    /// The instant when the average since the start, with nothing more moving, has fallen to the minimum rate.
    private func endOfRate(_ patience: Patience) -> Instant {
        guard patience.minimumRate > 0 else { return progress + .seconds(Int32.max) }
        return start + patience.rateGrace + .seconds(octets / patience.minimumRate)
    }
}
