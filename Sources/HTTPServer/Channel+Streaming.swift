import HTTPWire

/// Octets of a streamed body a turn, so that one fast reader does not keep a loop from its other connections.
private let turnOctets = 1024 * 1024

/// What is left to send of an answer whose body is made meanwhile.
struct StreamedRest {
    let stream: BodyStream
    /// RFC 9112 section 7.1; else the octets go out as they are.
    let isChunked: Bool
    /// The connection ends with this answer.
    let closes: Bool
    /// Octets still to come, where the head has announced them.
    var left: Int?
    /// Octets of the piece that is in the outbox.
    var underway = 0
}

extension Channel {
    /// The head of an answer is in the outbox; its body follows piece by piece.
    func beginStreaming(_ stream: BodyStream, _ next: ResponseEncoder.Continuation) {
        guard next.hasBody else {
            stream.cancel()
            return endAnswer(closes: next.closes)
        }
        rest = StreamedRest(
            stream: stream,
            isChunked: next.body == .chunked,
            closes: next.closes,
            left: stream.count
        )
        stage = .streaming
        stream.attach { [box] in box.announcePieces() }
    }

    /// Puts what has been made of the body into the outbox, a piece at a time, as long as the client takes it.
    func feed() {
        var total = 0
        while case .streaming = stage, let stream = rest?.stream {
            if !outbox.takesMore { flush() }
            guard !isBlocked, !isOver else { return }
            guard total < turnOctets else {
                isUnfinished = true
                return
            }
            switch stream.take() {
            case .nothing:
                return
            case .failure:
                stage = .over
            case .piece(let piece, let isLast):
                total += piece.count
                put(piece, isLast: isLast)
                if !isOver { flush() }
            }
        }
    }

    /// The piece that was in the outbox has been sent: its memory serves for another.
    func notePieceSent() {
        guard let rest, rest.underway > 0 else { return }
        self.rest?.underway = 0
        rest.stream.sent(rest.underway, memory: loop.spares.takePiece())
    }

    private func put(_ piece: consuming [UInt8], isLast: Bool) {
        guard let rest else { return }
        let count = piece.count
        if let left = rest.left {
            // Sent as announced or not at all: what is missing would be taken from the next answer.
            guard isLast ? count == left : count <= left else {
                stage = .over
                return
            }
            self.rest?.left = left - count
        }
        charged += count
        loop.budget.takeAnyway(count)
        if rest.isChunked {
            if count > 0 { piece.append(contentsOf: ChunkEncoder.end) }
            if isLast { piece.append(contentsOf: ChunkEncoder.last) }
        }
        outbox.open(&loop.spares)
        if rest.isChunked { ChunkEncoder.appendHead(size: count, into: &outbox.buffer) }
        outbox.append(body: piece)
        if isLast {
            self.rest = nil
            endAnswer(closes: rest.closes)
            // The next request may have come long ago.
            isUnfinished = !isOver
        } else {
            self.rest?.underway = count
        }
    }
}
