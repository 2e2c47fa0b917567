import HTTPTypes
import HTTPWire

/// One connection: the socket, the protocol's state, and what lies between. Start reading here.
///
/// Requests are answered one after the other, in order. While an answer is being made or is not yet taken by the
/// client, nothing is read, so that a client that does not read its answers is in the end not read from either.
/// A channel lives on one loop. It never arms a timer and never talks to epoll: it says what it waits for (`interest`,
/// `deadline`, `isUnsent`, `isUnfinished`, `isOver`), and the loop sees to it. As it is used there alone, and calls nobody
/// who might call it while a property of its own is being changed, no access to one is checked at run time.
final class Channel {
    /// How far the present request has come.
    enum Stage {
        /// TLS is being agreed on.
        case handshake
        /// Its head is awaited or being read.
        case head
        /// Its body is being read and kept.
        case body
        /// It has been answered without its body, which is read and forgotten: so many octets may still come.
        case forgetting(Int)
        /// The handler has it.
        case handling
        /// The head of its answer is on its way, and so is what has been made of the body.
        case streaming
        /// It was the last one; when its answer is sent, our direction ends.
        case last
        /// Our direction has ended; what the client still sends is thrown away, up to so many octets.
        case lingering(Int)
        /// To be closed.
        case over
    }

    let socket: Socket
    let loop: LoopState
    let box: AnswerBox
    /// Nil where the connection is plain.
    @exclusivity(unchecked) var tls: TLSSession?
    @exclusivity(unchecked) var connection: Connection

    @exclusivity(unchecked) var stage: Stage
    /// Of the present request, until the handler has it.
    @exclusivity(unchecked) var head: RequestHead?
    /// What the answer to it depends on; nil while there is none.
    @exclusivity(unchecked) var asked: ResponseEncoder.Asked?
    /// Octets of its body, where its head says so.
    @exclusivity(unchecked) var declared: Int?
    @exclusivity(unchecked) var body = Body()
    /// When the first octet of the present request was read.
    @exclusivity(unchecked) var firstOctet: Instant?
    @exclusivity(unchecked) var requests = 0
    /// Whether another request may follow the present one.
    @exclusivity(unchecked) var keepsAlive = true

    @exclusivity(unchecked) var outbox = Outbox()
    /// While the answer is streamed.
    @exclusivity(unchecked) var rest: StreamedRest?
    /// Octets of the budget that an answer holds.
    @exclusivity(unchecked) var charged = 0
    /// The kernel takes no more of the outbox.
    @exclusivity(unchecked) var isBlocked = false
    /// Octets sent, and how many of them had been acknowledged when it was last asked.
    @exclusivity(unchecked) var sent = 0
    @exclusivity(unchecked) var acknowledged = 0

    /// The client's end has been read.
    @exclusivity(unchecked) var peerHasEnded = false
    /// The client has ended its direction; there may be octets before the end.
    @exclusivity(unchecked) var isHalfClosed = false
    /// It did so while an answer was made, and has been asked whether it is still there.
    @exclusivity(unchecked) var wasProbed = false
    @exclusivity(unchecked) var wait: Wait
    /// More can be done without an event: the turn was given to others.
    @exclusivity(unchecked) var isUnfinished = false
    /// What epoll was last told.
    @exclusivity(unchecked) var registered: Poller.Interest = [.reading, .peerEnd]
    /// The receive buffer may have grown beyond what an idle connection should hold.
    @exclusivity(unchecked) var hasGrown = false
    let peer: String

    init(socket: Socket, tls: TLSSession?, box: AnswerBox, loop: LoopState) {
        self.socket = socket
        peer = socket.peer.host
        self.tls = tls
        self.box = box
        self.loop = loop
        stage = tls == nil ? .head : .handshake
        connection = Connection(limits: loop.configuration.limits)
        wait = Wait(for: tls == nil ? .request : .handshake, since: loop.now)
    }

    var isOver: Bool {
        if case .over = stage { true } else { false }
    }

    /// Nothing of a request has come, and nothing is to be sent.
    var isIdle: Bool {
        if case .head = stage { connection.isIdle && outbox.isEmpty } else { false }
    }

    /// There is something to be sent, and the kernel may take it.
    var isUnsent: Bool { !outbox.isEmpty && !isBlocked && !isOver }

    /// Since when it has been idle.
    var idleSince: Instant? { isIdle ? wait.start : nil }

    var readsInput: Bool {
        switch stage {
        case .handshake, .head, .body, .forgetting: !isBlocked && !peerHasEnded && !isUnfinished
        case .lingering: true
        case .handling, .streaming, .last, .over: false
        }
    }

    var interest: Poller.Interest {
        var interest: Poller.Interest = []
        if readsInput { interest.insert(.reading) }
        if isBlocked { interest.insert(.writing) }
        if !isHalfClosed { interest.insert(.peerEnd) }
        return interest
    }

    var deadline: Instant? { wait.deadline(loop.waitLimits) }

    /// The one way a channel ends: whoever works on its answer may stop, and what it held of the budget is given back.
    func end() {
        stage = .over
        tls?.close()
        box.cancel()
        loop.clear(&body)
        rest?.stream.cancel()
        rest = nil
        releaseCharge()
    }
}

// MARK: - What happens to it

extension Channel {
    /// The socket has octets, or the client's end.
    func becameReadable() {
        read()
        settle()
    }

    func becameWritable() {
        flush()
        if case .handshake = stage { read() } else if !isBlocked { advance() }
        settle()
    }

    /// The client has ended its direction. While an answer is being made nothing is read, so that this alone tells.
    func peerEnded() {
        isHalfClosed = true
        settle()
    }

    /// The loop has come to sending.
    func sendAnswers() {
        flush()
        settle()
    }

    /// Takes up what it left unfinished.
    func takeTurn() {
        isUnfinished = false
        advance()
        if tls != nil { read() }
        settle()
    }

    /// The answer that was awaited.
    func receive(_ outcome: Outcome) {
        guard case .handling = stage else { return }
        finish(outcome)
        advance()
        settle()
    }

    /// More of the body that is being sent has been made.
    func receivePieces() {
        settle()
    }

    /// Others need the place: an idle connection ends.
    func giveWay() {
        guard isIdle else { return }
        // A request may have arrived that no event has told of yet.
        read()
        if isIdle { stage = .over }
        settle()
    }

    /// The server accepts no more: idle connections end soon, requests in flight are the last of theirs.
    func drain() {
        guard isIdle else { return }
        // A request may have arrived that no event has told of yet.
        read()
        // A request may be on its way.
        if isIdle { wait = Wait(for: .lastCall, since: loop.now) }
        settle()
    }

    /// The deadline has passed.
    func ranOut() {
        switch wait.subject {
        case .head: refuse(.timeout(.head))
        case .body:
            if case .body = stage { refuse(.timeout(.body)) } else { stage = .over }
        case .writing:
            noteAcknowledged()
            if let deadline, deadline <= loop.now { stage = .over }
        case .signOfLife: probe()
        case .handshake, .request, .lastCall, .end: stage = .over
        case .answer: break
        }
        settle()
    }
}

// MARK: - Waiting

extension Channel {
    /// After anything happened: notes what is awaited now.
    private func settle() {
        if rest != nil { feed() }
        if case .last = stage, outbox.isEmpty { linger() }
        if hasGrown, isIdle {
            connection.releaseMemory()
            hasGrown = false
        }
        // What TLS holds is announced by no event.
        if let tls, tls.holdsInput, readsInput { isUnfinished = true }
        let subject = subject
        if subject != wait.subject { wait = Wait(for: subject, since: loop.now) }
    }

    private var subject: Wait.Subject {
        switch stage {
        case .handshake: return .handshake
        case _ where isBlocked: return .writing
        case .head:
            guard connection.isIdle else { return .head }
            return wait.subject == .lastCall ? .lastCall : .request
        case .body, .forgetting: return .body
        case .handling: return isHalfClosed && !wasProbed ? .signOfLife : .answer
        case .streaming: return .answer
        case .last, .lingering, .over: return .end
        }
    }

    /// A client that has closed its socket looks like one that has ended its direction and waits for the answer, until
    /// something is sent to it: the first then resets the connection, the second passes over an interim answer (RFC
    /// 9110 section 15.2). HTTP/1.0 has no interim answers; there the client is believed to be waiting.
    private func probe() {
        wasProbed = true
        guard let asked, asked.minorVersion > 0 else { return }
        outbox.append(ResponseEncoder.continueBytes, spares: &loop.spares)
    }
}
