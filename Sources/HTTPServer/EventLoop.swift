import Dispatch

/// A serial queue, an epoll instance, and one Dispatch source that watches the epoll instance. The connections given to
/// a loop live there and nowhere else, so they need no locks, and no Dispatch source is made or cancelled for any of
/// them. The first loop also accepts, for all.
actor EventLoop {
    /// Rounds of events before the thread goes back to Dispatch.
    private static let rounds = 256

    private nonisolated let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private nonisolated let mailbox = Mailbox()

    let poller: Poller
    var alarm: Alarm
    let state: LoopState
    var channels = ChannelTable()
    /// Channels that can go on without an event.
    var unfinished: [Token] = []
    let count: ConnectionCount
    var acceptor: Acceptor?
    /// When what is still open is cut.
    var drainEnds: ContinuousClock.Instant?
    var cut = 0

    private let source: any DispatchSourceRead
    let clock: @Sendable () -> ContinuousClock.Instant
    private var messages: [Message] = []
    private var hasStopped = false
    /// Called once, when the loop has closed everything; says how many connections it had to cut.
    private let onStop: @Sendable (_ cut: Int) -> Void

    init(
        name: String,
        sharing shared: SharedState,
        acceptor: Acceptor? = nil,
        onStop: @escaping @Sendable (_ cut: Int) -> Void
    ) throws(ServerError) {
        let queue = DispatchQueue(label: name)
        executor = QueueExecutor(queue)
        let poller = try Poller()
        let alarm = try Alarm()
        try poller.add(alarm.descriptor.raw, .reading, as: .alarm)
        for (index, listener) in (acceptor?.listeners ?? []).enumerated() {
            try poller.add(listener.descriptor.raw, .reading, as: .listener(index))
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: poller.descriptor.raw, queue: queue)
        self.poller = poller
        self.alarm = alarm
        self.acceptor = acceptor
        self.source = source
        state = LoopState(shared)
        count = shared.count
        clock = shared.clock
        self.onStop = onStop
        source.setEventHandler { [self] in assumeIsolated { $0.run() } }
        // Closing a descriptor that a source still watches is undefined: the loop owns the descriptor, and the source
        // holds the loop until it is cancelled.
        source.setCancelHandler { withExtendedLifetime(self) {} }
        source.activate()
    }

    /// The loops of one server; the first accepts for all, and to begin with it alone has to be told to stop.
    static func make(
        _ count: Int,
        sharing shared: SharedState,
        listeners: [Listener],
        onStop: @escaping @Sendable (_ cut: Int) -> Void
    ) throws(ServerError) -> [EventLoop] {
        var others: [EventLoop] = []
        do throws(ServerError) {
            for index in 1..<count {
                others.append(try EventLoop(name: "convserve.loop.\(index)", sharing: shared, onStop: onStop))
            }
            let acceptor = Acceptor(listeners: listeners, others: others, addresses: shared.addresses)
            let first = try EventLoop(name: "convserve.loop.0", sharing: shared, acceptor: acceptor, onStop: onStop)
            return [first] + others
        } catch {
            for loop in others { loop.post(.stop) }
            throw error
        }
    }

    /// Puts a message into the loop's mailbox, from any thread.
    nonisolated func post(_ message: sending Message) {
        guard mailbox.post(message) else { return }
        executor.queue.async { [self] in assumeIsolated { $0.run() } }
    }

    /// Takes events, messages and unfinished work until there are none.
    private func run() {
        for _ in 0..<Self.rounds {
            guard !hasStopped else { return dropMessages() }
            state.now = clock()
            state.date.update()
            let events = poller.take()
            for index in 0..<events { take(poller[index]) }
            let posts = takeMessages()
            takeUnfinished()
            stopWhenDone()
            if events == 0, posts == 0, unfinished.isEmpty { return }
        }
        if !unfinished.isEmpty { executor.queue.async { [self] in assumeIsolated { $0.run() } } }
    }

    /// A connection that was on its way to a loop that has stopped is closed; nothing else is left to be told.
    private func dropMessages() {
        mailbox.take(into: &messages)
        for case .adopt in messages { count.closed() }
        messages = []
    }

    private func takeMessages() -> Int {
        mailbox.take(into: &messages)
        let taken = messages.count
        for message in messages { take(message) }
        messages.removeAll(keepingCapacity: true)
        return taken
    }

    private func takeUnfinished() {
        guard !unfinished.isEmpty else { return }
        let tokens = unfinished
        unfinished.removeAll(keepingCapacity: true)
        for token in tokens {
            guard let channel = channels[token] else { continue }
            channel.takeTurn()
            attend(channel, token)
        }
    }

    private func stopWhenDone() {
        guard drainEnds != nil, channels.isEmpty, acceptor == nil else { return }
        hasStopped = true
        source.cancel()
        onStop(cut)
    }
}
