extension EventLoop {
    func take(_ event: Poller.Event) {
        let token = event.token
        guard token.generation != 0 else {
            switch token {
            case .alarm: checkDeadlines()
            case .bell: break
            default: accept(from: token)
            }
            return
        }
        guard let channel = channels[token] else { return }
        guard !event.isDead else { return close(channel, token) }
        // Interest in reading is given up only when an event comes that is not wanted: most answers are there before
        // the client sends more.
        var unwanted: Poller.Interest = event.isReadable && !channel.readsInput ? [.reading] : []
        if event.isPeerEnd {
            unwanted.insert(.peerEnd)
            channel.peerEnded()
        }
        if event.isWritable, channel.isBlocked { channel.becameWritable() }
        if event.isReadable, channel.readsInput { channel.becameReadable() }
        attend(channel, token, unwanted: unwanted)
    }

    func take(_ message: Message) {
        switch message {
        case .outcome(let outcome, let token):
            guard let channel = channels[token] else { return }
            channel.receive(outcome)
            attend(channel, token)
        case .pieces(let token):
            guard let channel = channels[token] else { return }
            channel.receivePieces()
            attend(channel, token)
        case .adopt(let socket): adopt(socket)
        case .acceptAgain: resumeAccepting()
        case .checkDeadlines:
            state.now = clock()
            checkDeadlines()
        case .closeAfterAnswers: state.isDraining = true
        case .drain(let end):
            // The last call to idle connections counts from now, not from when this round began.
            state.now = clock()
            drain(until: end)
        case .stop: stop()
        }
    }

    /// Serves a connection from now on. It has been counted.
    func adopt(_ socket: Socket) {
        let tls = state.certificates?.current.session(over: socket)
        guard tls != nil || state.certificates == nil else { return count.closed() }
        let (channel, token) = channels.insert { token in
            Channel(socket: socket, tls: tls, box: AnswerBox(token: token, loop: self), loop: state)
        }
        do {
            try poller.add(socket.descriptor.raw, channel.registered, as: token)
            attend(channel, token)
        } catch {
            close(channel, token)
        }
    }

    /// After anything happened to a channel: sees to what it waits for.
    func attend(_ channel: Channel, _ token: Token, unwanted: Poller.Interest = []) {
        guard !channel.isOver else { return close(channel, token) }
        if channel.isUnsent {
            unsent.append(token)
            // It is attended to again in this round, once it has been sent to.
            if unwanted.isEmpty { return }
        }
        if channel.isUnfinished { unfinished.append(token) }
        let interest = channel.interest
        let surplus = channel.registered.subtracting(interest)
        if !interest.isSubset(of: channel.registered) || surplus.contains(.writing)
            || !surplus.isDisjoint(with: unwanted)
        {
            do {
                try poller.change(channel.socket.descriptor.raw, interest, as: token)
                channel.registered = interest
            } catch {
                return close(channel, token)
            }
        }
        if let deadline = channel.deadline { alarm.note(deadline, now: state.now) }
    }

    /// The one way a connection is closed: its descriptor goes with the channel.
    func close(_ channel: Channel, _ token: Token) {
        channel.end()
        channels.remove(token)
        count.closed()
    }

    func checkDeadlines() {
        alarm.reset()
        if let drainEnds {
            if drainEnds <= state.now { return stop() }
            alarm.note(drainEnds, now: state.now)
        }
        if let until = acceptor?.pausedUntil {
            if until <= state.now { resumeAccepting() } else { alarm.note(until, now: state.now) }
        }
        if let again = acceptor?.looksForIdleAt {
            if again <= state.now { resumeAccepting() } else { alarm.note(again, now: state.now) }
        }
        for token in channels.tokens {
            guard let channel = channels[token], let deadline = channel.deadline else { continue }
            if deadline <= state.now {
                channel.ranOut()
                attend(channel, token)
            } else {
                alarm.note(deadline, now: state.now)
            }
        }
    }
}
