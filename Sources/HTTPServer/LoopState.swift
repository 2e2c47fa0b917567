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
    @exclusivity(unchecked) var spareBody: [UInt8] = []
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

    deinit {
        scratch.deallocate()
    }
}
