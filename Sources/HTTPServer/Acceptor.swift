/// The listeners of a server, and whom the accepted connections go to.
struct Acceptor: Sendable {
    let listeners: [Listener]
    /// The other loops: connections go round all, the accepting one included.
    let others: [EventLoop]
    let addresses: AddressCount?
    private var turn = 0
    /// Nothing is accepted at the moment.
    var isPaused = false
    /// When accepting is tried again after the system was out of descriptors or memory.
    var pausedUntil: Instant?
    /// When a connection may have been idle for long enough to be closed for a new one.
    var looksForIdleAt: Instant?

    init(listeners: [Listener], others: [EventLoop], addresses: AddressCount?) {
        self.listeners = listeners
        self.others = others
        self.addresses = addresses
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
        for turn in 0..<limit {
            if !count.hasRoom(for: self) {
                // Only the event says that somebody waits: after the first, the next event has to say so again.
                guard turn == 0 else { return false }
                guard makeRoom() else {
                    pauseAccepting()
                    return false
                }
            }
            switch listener.accept(counting: acceptor?.addresses) {
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

    /// Closes connections that have been idle for longest, an eighth of them at most, so that the next newcomers need
    /// not look again. Connections that somebody holds and does not use must not keep others out.
    ///
    /// False where none has been idle for long enough: then it is tried again in a while.
    private func makeRoom() -> Bool {
        var idle: [(since: Instant, token: Token)] = []
        for token in channels.tokens {
            guard let since = channels[token]?.idleSince, since + state.configuration.leastIdle <= state.now else {
                continue
            }
            idle.append((since, token))
        }
        idle.sort { $0.since < $1.since }
        let open = channels.count
        for (_, token) in idle.prefix(max(1, min(Self.batch, idle.count / 8))) {
            guard let channel = channels[token] else { continue }
            channel.giveWay()
            attend(channel, token)
        }
        if channels.count < open { return true }
        let again = state.now + state.configuration.leastIdle
        acceptor?.looksForIdleAt = again
        alarm.note(again, now: state.now)
        return false
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
        self.acceptor?.looksForIdleAt = nil
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
    func drain(until end: Instant) {
        guard drainEnds == nil else { return }
        // What is sent first does not keep its connection from being idle.
        sendAnswers()
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

    /// Cuts everything; what has been answered already is sent.
    func stop() {
        sendAnswers()
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
