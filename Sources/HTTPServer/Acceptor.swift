/// The listeners of a server, and whom the accepted connections go to.
struct Acceptor: Sendable {
    let listeners: [Listener]
    /// The other loops: connections go round all, the accepting one included.
    let others: [EventLoop]
    private var turn = 0
    /// Nothing is accepted at the moment.
    var isPaused = false
    /// When accepting is tried again after the system was out of descriptors or memory.
    var pausedUntil: ContinuousClock.Instant?

    init(listeners: [Listener], others: [EventLoop]) {
        self.listeners = listeners
        self.others = others
    }

    /// The loop that the next connection goes to; nil for the accepting one.
    mutating func nextLoop() -> EventLoop? {
        turn = turn < others.count ? turn + 1 : 0
        return turn == 0 ? nil : others[turn - 1]
    }
}

extension EventLoop {
    /// Connections accepted in one go, so that a flood of new ones does not starve the old.
    private static let batch = 64

    func accept(from token: Token) {
        guard let acceptor, !acceptor.isPaused, Int(token.place) < acceptor.listeners.count else { return }
        _ = accept(from: acceptor.listeners[Int(token.place)], atMost: Self.batch)
    }

    /// False where there is none, or none may be accepted now.
    private func accept(from listener: Listener, atMost limit: Int) -> Bool {
        for _ in 0..<limit {
            guard count.hasRoom(for: self) else {
                pauseAccepting()
                return false
            }
            switch listener.accept() {
            case .connection(let socket):
                count.opened()
                if let other = acceptor?.nextLoop() { other.post(.adopt(socket)) } else { adopt(socket) }
            case .lost:
                continue
            case .none:
                return false
            case .exhausted:
                let until = state.now + state.configuration.acceptPause
                acceptor?.pausedUntil = until
                alarm.note(until, now: state.now)
                pauseAccepting()
                return false
            }
        }
        return true
    }

    /// A listener with a waiting connection stays readable, so it is not watched while nothing is accepted.
    private func pauseAccepting() {
        acceptor?.isPaused = true
        watchListeners([])
    }

    func resumeAccepting() {
        guard let acceptor, acceptor.isPaused else { return }
        if let until = acceptor.pausedUntil, until > state.now { return }
        self.acceptor?.isPaused = false
        self.acceptor?.pausedUntil = nil
        watchListeners(.reading)
    }

    private func watchListeners(_ interest: Poller.Interest) {
        for (index, listener) in (acceptor?.listeners ?? []).enumerated() {
            // Fails for want of nothing that could be mended here: the descriptor is open and registered.
            try? poller.change(listener.descriptor.raw, interest, as: .listener(index))
        }
    }

    /// Takes the connections that the kernel has already made for us, then closes the listeners. The other loops learn
    /// of the drain after the last connection that goes to them.
    func drain(until end: ContinuousClock.Instant) {
        guard drainEnds == nil else { return }
        if let acceptor {
            for listener in acceptor.listeners where acceptor.pausedUntil == nil {
                _ = accept(from: listener, atMost: state.configuration.backlog)
            }
            for other in acceptor.others { other.post(.drain(until: end)) }
            self.acceptor = nil
        }
        drainEnds = end
        state.isDraining = true
        alarm.note(end, now: state.now)
        for token in channels.tokens {
            guard let channel = channels[token] else { continue }
            channel.drain()
            attend(channel, token)
        }
    }

    /// Cuts everything.
    func stop() {
        acceptor = nil
        drainEnds = state.now
        state.isDraining = true
        for token in channels.tokens {
            guard let channel = channels[token] else { continue }
            cut += 1
            close(channel, token)
        }
    }
}
