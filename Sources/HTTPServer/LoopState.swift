import HTTPWire

/// What the connections of one loop share. Used on that loop alone, hence without checks of exclusive access.
final class LoopState {
    let handler: any Handler
    let configuration: Configuration
    /// Of the configuration's patience.
    let waitLimits: WaitLimits
    let budget: OctetBudget
    /// Nil where connections are plain.
    let certificates: Certificates?
    /// Where received octets land first: read by one connection at a time, so that idle ones need no memory for it.
    let scratch: UnsafeMutableRawBufferPointer
    /// Read once each round of events.
    @exclusivity(unchecked) var now: Instant
    @exclusivity(unchecked) var date = DateField()
    @exclusivity(unchecked) var spares = SpareBuffers()
    /// Of a small body that was answered, for the next one.
    @exclusivity(unchecked) var spareBody = Body()
    @exclusivity(unchecked) var answerMemory = AnswerMemory()
    /// Answers close their connections.
    @exclusivity(unchecked) var isDraining = false

    init(_ shared: SharedState) {
        handler = shared.handler
        configuration = shared.configuration
        waitLimits = WaitLimits(shared.configuration.patience)
        budget = shared.budget
        certificates = shared.certificates
        now = shared.clock()
        scratch = .allocate(byteCount: 64 * 1024, alignment: 64)
    }

    // A reference that is two steps away is counted for each call through it, one that is a step away is not: hence these.

    func admit(_ head: RequestHead, from peer: String) -> Admission { handler.admit(head, from: peer) }

    func handle(_ request: Request, later: () -> Exchange) -> Response? {
        handler.handle(request, &answerMemory, later: later)
    }

    func clear(_ body: inout Body) { body.clear(budget: budget) }

    func makeRoom(upTo expected: Int, in body: inout Body) -> Int? { body.makeRoom(upTo: expected, budget: budget) }

    deinit {
        scratch.deallocate()
    }
}
