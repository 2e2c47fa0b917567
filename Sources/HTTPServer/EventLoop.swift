import Dispatch

/// One thread that waits for events on an epoll instance and sees to them, round by round. The connections given to a
/// loop live there and nowhere else, so they need no locks. The first loop also accepts, for all.
///
/// The thread is Dispatch's, on a serial queue that the loop occupies until it is stopped: between an event and what is
/// done about it stands nothing but `epoll_wait`. Nothing calls into a loop that is at work, so that accesses to its
/// properties are not checked at run time either.
actor EventLoop {
    /// Connections whose answers are sent one right after the other. A client that waits at all of them is woken by the
    /// first, which costs more than making the answer, and is busy when the others come; none waits for more than the
    /// making of so many.
    private static let together = 64

    private nonisolated let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private nonisolated let mailbox: Mailbox

    let poller: Poller
    @exclusivity(unchecked) var alarm: Alarm
    let state: LoopState
    @exclusivity(unchecked) var channels = ChannelTable()
    /// Channels that can go on without an event.
    @exclusivity(unchecked) var unfinished: [Token] = []
    /// Channels that have something to send.
    @exclusivity(unchecked) var unsent: [Token] = []
    nonisolated let count: ConnectionCount
    @exclusivity(unchecked) var acceptor: Acceptor?
    /// When what is still open is cut.
    @exclusivity(unchecked) var drainEnds: Instant?
    @exclusivity(unchecked) var cut = 0

    let clock: @Sendable () -> Instant
    @exclusivity(unchecked) private var messages: [Message] = []
    @exclusivity(unchecked) private var hasStopped = false
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
        let mailbox = try Mailbox()
        try poller.add(alarm.descriptor.raw, .reading, as: .alarm)
        try poller.add(mailbox.bell.descriptor.raw, [.reading, .once], as: .bell)
        for (index, listener) in (acceptor?.listeners ?? []).enumerated() {
            try poller.add(listener.descriptor.raw, .reading, as: .listener(index))
        }
        self.poller = poller
        self.alarm = alarm
        self.mailbox = mailbox
        self.acceptor = acceptor
        state = LoopState(shared)
        count = shared.count
        clock = shared.clock
        self.onStop = onStop
        queue.async { [self] in assumeIsolated { $0.run() } }
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
    nonisolated func post(_ message: Message) {
        if !mailbox.post(message) { drop(message) }
    }

    /// A connection that was on its way to a loop that has stopped is closed; nothing else is left to be told.
    private nonisolated func drop(_ message: Message) {
        if case .adopt = message { count.closed() }
    }

    /// Waits for events and messages and sees to them, until the loop is stopped.
    private func run() {
        while !hasStopped {
            let waits = unfinished.isEmpty && mailbox.await()
            let events = poller.take(waiting: waits)
            state.now = clock()
            state.date.update()
            for index in 0..<events {
                take(poller[index])
                if unsent.count >= Self.together { sendAnswers() }
            }
            sendAnswers()
            takeMessages()
            takeUnfinished()
            sendAnswers()
            stopWhenDone()
        }
        for message in mailbox.close() { drop(message) }
    }

    private func takeMessages() {
        mailbox.take(into: &messages)
        guard !messages.isEmpty else { return }
        for message in messages { take(message) }
        messages.removeAll(keepingCapacity: true)
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

    /// Sends what the channels have made ready.
    func sendAnswers() {
        guard !unsent.isEmpty else { return }
        var index = 0
        while index < unsent.count {
            let token = unsent[index]
            index += 1
            guard let channel = channels[token] else { continue }
            channel.sendAnswers()
            attend(channel, token)
        }
        unsent.removeAll(keepingCapacity: true)
    }

    private func stopWhenDone() {
        guard drainEnds != nil, channels.isEmpty, acceptor == nil else { return }
        hasStopped = true
        onStop(cut)
    }
}
