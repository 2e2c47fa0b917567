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
    @inline(__always)
    func deadline(_ limits: WaitLimits) -> Instant? {
        switch subject {
        case .request: start.after(nanoseconds: limits.request)
        case .answer: nil
        default: otherDeadline(limits)
        }
    }

    @inline(never)
    private func otherDeadline(_ limits: borrowing WaitLimits) -> Instant? {
        switch subject {
        case .handshake: start.after(nanoseconds: limits.handshake)
        case .request: start.after(nanoseconds: limits.request)
        case .lastCall: start.after(nanoseconds: limits.lastCall)
        case .head: start.after(nanoseconds: limits.head)
        case .body: min(progress.after(nanoseconds: limits.body), endOfRate(limits))
        case .writing: min(progress.after(nanoseconds: limits.writing), endOfRate(limits))
        case .answer: nil
        case .signOfLife: start.after(nanoseconds: limits.signOfLife)
        case .end: start.after(nanoseconds: limits.end)
        }
    }

    /// The instant when the average since the start, with nothing more moving, has fallen to the minimum rate.
    private func endOfRate(_ limits: borrowing WaitLimits) -> Instant {
        guard limits.minimumRate > 0 else { return .distant }
        return start.after(nanoseconds: limits.rateGrace) + .seconds(octets / limits.minimumRate)
    }
}

/// How long a connection may wait for each subject: the server's patience in nanoseconds, worked out once.
struct WaitLimits {
    let handshake, request, lastCall, head, body, writing, signOfLife, end: Int64
    /// Octets a second, once the grace has passed; zero for none.
    let minimumRate: Int
    let rateGrace: Int64

    init(_ patience: Patience) {
        handshake = patience.handshake.nanoseconds
        request = patience.idle.nanoseconds
        lastCall = patience.lastCall.nanoseconds
        head = patience.head.nanoseconds
        body = patience.body.nanoseconds
        writing = patience.writing.nanoseconds
        signOfLife = patience.halfClosed.nanoseconds
        end = patience.lingering.nanoseconds
        minimumRate = patience.minimumRate
        rateGrace = patience.rateGrace.nanoseconds
    }
}
