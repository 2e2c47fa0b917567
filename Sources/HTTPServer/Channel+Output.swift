import HTTPTypes
import HTTPWire

extension Channel {
    /// The handler is done with the request.
    func finish(_ outcome: Outcome) {
        switch outcome {
        case .answered(let response):
            send(response)
        case .dropped:
            keepsAlive = false
            send(loop.handler.refusal(.unanswered))
        }
    }

    /// The server's own answer, the last on this connection.
    func refuse(_ refusal: Refusal) {
        keepsAlive = false
        send(loop.handler.refusal(refusal))
    }

    /// Puts the answer to the present request into the outbox and goes on to the next request, if there is to be one.
    func send(_ response: borrowing Response) {
        loop.clear(&body)
        let count = response.body.count
        let isStreamed = response.stream != nil
        let framing: ResponseEncoder.Body = isStreamed ? Self.framing(of: response) : .length(count)
        outbox.open(&loop.spares)
        let next = ResponseEncoder.appendHead(
            status: response.status,
            lines: response.lines,
            fields: response.fields,
            body: framing,
            to: asked,
            closing: !keepsAlive || loop.isDraining,
            date: loop.date.line,
            into: &outbox.buffer
        )
        if isStreamed, let stream = response.stream { return beginStreaming(stream, next) }
        if next.hasBody {
            outbox.append(body: response.body)
            if count > Outbox.smallBody {
                charged += count
                loop.budget.takeAnyway(count)
            }
        }
        endAnswer(closes: next.closes)
    }

    @inline(never)
    private static func framing(of response: borrowing Response) -> ResponseEncoder.Body {
        response.stream?.count.map { .length($0) } ?? .streamed
    }

    /// The answer to the present request is in the outbox: goes on to the next, if there is to be one.
    func endAnswer(closes: Bool) {
        if closes {
            stage = .last
        } else if case .forgetting = stage {
            return
        } else {
            startNextRequest()
        }
    }

    func startNextRequest() {
        connection.startNextRequest()
        stage = .head
        head = nil
        asked = nil
        declared = nil
        firstOctet = nil
        // A drain that began during a streamed answer found the connection busy.
        wait = Wait(for: loop.isDraining ? .lastCall : .request, since: loop.now)
    }

    /// Sends as much as the kernel takes.
    func flush() {
        let before = outbox.count
        let progress =
            if let tls {
                outbox.flush(spares: &loop.spares) { tls.send($0, $1) }
            } else {
                outbox.flush(spares: &loop.spares) { socket.send($0, $1) }
            }
        sent += before - outbox.count
        switch progress {
        case .complete:
            isBlocked = false
            releaseCharge()
            if rest != nil { notePieceSent() }
        case .blocked:
            isBlocked = true
            if wait.subject != .writing { wait = Wait(for: .writing, since: loop.now) }
            noteAcknowledged()
        case .failed:
            isBlocked = false
            stage = .over
        }
    }

    /// Counts as progress what has reached the client: what the kernel takes says little, as its buffer may hold
    /// megabytes.
    func noteAcknowledged() {
        let reached = sent - socket.unacknowledged
        guard reached > acknowledged else { return }
        wait.advance(by: reached - acknowledged, at: loop.now)
        acknowledged = reached
    }

    func releaseCharge() {
        guard charged > 0 else { return }
        loop.budget.give(charged)
        charged = 0
    }

    /// Ends our direction and lets the client read the answer to its end (RFC 9112 section 9.6).
    func linger() {
        tls?.close()
        guard !peerHasEnded else {
            stage = .over
            return
        }
        socket.endSending()
        stage = .lingering(loop.configuration.lingeringOctets)
        read()
    }
}
