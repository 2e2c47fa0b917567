import HTTPTypes
import HTTPWire

/// Octets a turn, so that one fast sender does not keep a loop from its other connections.
private let turnOctets = 1024 * 1024
/// A receive buffer that held more than this is given back when the connection is idle.
private let idleMemory = 2048
/// A body's octets are read straight to their place where at least so many are to come; fewer come along with whatever
/// follows them.
private let directRead = 16 * 1024

extension Channel {
    /// Reads while there is something, and understands it.
    func read() {
        guard isSecured() else { return }
        var total = 0
        while readsInput, total < turnOctets {
            guard let (room, transfer) = readOnce() else { return }
            switch transfer {
            case .moved(0):
                peerHasEnded = true
                connection.receiveEnd()
                advance()
                return
            case .moved(let count):
                total += count
                advance()
                // What the kernel had did not fill the room: it has no more.
                if count < room, tls?.holdsInput != true { return }
            case .wouldBlock:
                return
            case .failed:
                stage = .over
                return
            }
        }
    }

    /// One system call, to where the octets belong: a large body to its own memory, all else to the connection. Nil
    /// where there was no memory for it and the request has been refused.
    private func readOnce() -> (room: Int, transfer: Transfer)? {
        switch stage {
        case .lingering(let left): discard(left)
        case .body where connection.directBodyCapacity >= directRead: readBody(connection.directBodyCapacity)
        default: readScratch()
        }
    }

    private func readScratch() -> (room: Int, transfer: Transfer) {
        let scratch = loop.scratch
        let transfer = receive(into: scratch)
        if case .moved(let count) = transfer, count > 0 {
            noteProgress(count)
            let unread = connection.receive(UnsafeRawBufferPointer(rebasing: scratch[..<count]).bytes)
            if unread > idleMemory { hasGrown = true }
        }
        return (scratch.count, transfer)
    }

    private func readBody(_ capacity: Int) -> (room: Int, transfer: Transfer)? {
        guard let granted = loop.makeRoom(upTo: expected(atLeast: capacity), in: &body) else {
            refuse(.overloaded)
            return nil
        }
        let room = min(granted, capacity)
        let transfer = body.fill(room) { receive(into: $0) }
        if case .moved(let count) = transfer, count > 0 {
            noteProgress(count)
            connection.didReadDirectly(count)
        }
        return (room, transfer)
    }

    private func discard(_ left: Int) -> (room: Int, transfer: Transfer) {
        let room = 1 << 20
        let transfer = socket.discard(atMost: room)
        switch transfer {
        case .moved(1...) where left <= 0, .moved(0), .failed: stage = .over
        case .moved(let count): stage = .lingering(left - count)
        case .wouldBlock: break
        }
        return (room, transfer)
    }

    private func noteProgress(_ count: Int) {
        if firstOctet == nil { firstOctet = loop.now }
        wait.advance(by: count, at: loop.now)
    }
}

// MARK: - Events

extension Channel {
    /// Goes on as far as the octets at hand, the handler and the client allow.
    func advance() {
        let first = requests
        while canGoOn {
            if asked == nil, requests - first >= loop.configuration.pipelinedRequests {
                isUnfinished = true
                return
            }
            do throws(WireError) {
                guard try takeEvent() else { return }
            } catch {
                refuse(.wire(error))
            }
        }
    }

    private var canGoOn: Bool {
        switch stage {
        case .head, .body, .forgetting: break
        case .handshake, .handling, .streaming, .last, .lingering, .over: return false
        }
        if !outbox.takesMore { flush() }
        return !isBlocked && !isOver
    }

    /// False where more octets are needed.
    private func takeEvent() throws(WireError) -> Bool {
        switch try connection.next() {
        case .needMore:
            return false
        case .head(let head):
            try begin(head)
        case .body(let place):
            keep(place)
        case .end:
            if case .forgetting = stage { startNextRequest() } else { handle() }
        case .closed:
            // The client's end between two requests, after everything before it was answered.
            stage = .last
        }
        return true
    }

    private func begin(_ head: consuming RequestHead) throws(WireError) {
        requests += 1
        asked = head.asked
        keepsAlive = head.keepsAlive && requests < loop.configuration.requestsPerConnection
        if firstOctet == nil { firstOctet = loop.now }
        guard head.hasBody else {
            self.head = head
            return
        }
        switch loop.admit(head, from: peer) {
        case .accept(let maximum):
            try connection.limitBody(to: maximum)
            stage = .body
            if case .length(let length) = head.framing {
                declared = length
                body.adopt(&loop.spareBody, for: length)
            }
            if head.expectsContinue, connection.unreadCount == 0 {
                outbox.append(ResponseEncoder.continueBytes, spares: &loop.spares)
            }
            self.head = head
        case .refuse(let response):
            refuseBody(of: head, with: response)
        }
    }

    /// Answers before the body. It is read and forgotten where that is cheaper than a new connection; a client that
    /// waits for 100 may send the body or not, so that only a new connection is certain.
    private func refuseBody(of head: RequestHead, with response: Response) {
        if case .length(let length) = head.framing, length <= loop.configuration.drainedBody, !head.expectsContinue,
            keepsAlive, response.stream == nil
        {
            stage = .forgetting(length)
        } else {
            keepsAlive = false
        }
        send(response)
    }

    private func keep(_ place: Range<Int>) {
        guard case .body = stage else { return }
        var left = place
        while !left.isEmpty {
            guard let room = loop.makeRoom(upTo: expected(atLeast: left.count), in: &body) else {
                return refuse(.overloaded)
            }
            let piece = left.prefix(room)
            body.append(connection.octets(at: piece))
            left = left.dropFirst(room)
        }
    }

    /// Octets of the body that are still to come: known from a length, else taken to be as many as have come, so that
    /// memory doubles.
    private func expected(atLeast count: Int) -> Int {
        guard let declared else { return max(body.count, count) }
        return max(declared - body.count, count)
    }

    private func handle() {
        guard let head = head.take() else { return }
        stage = .handling
        if var response = answer(to: head) {
            send(response)
            loop.answerMemory.keep(&response)
        } else if let outcome = box.takeOrAwait() {
            finish(outcome)
        }
    }

    /// A function of its own, so that the handler's exchange is let go of before its answer is looked for.
    @inline(never)
    private func answer(to head: consuming RequestHead) -> Response? {
        var request = Request(head: head, body: body.take(), receivedAt: firstOctet ?? loop.now, peer: peer)
        let response = loop.handle(request) {
            box.open()
            return Exchange(recipient: box)
        }
        // Nobody else holds the body of a request that is done with.
        if response != nil { body.leave(&request.body, to: &loop.spareBody) }
        return response
    }
}
