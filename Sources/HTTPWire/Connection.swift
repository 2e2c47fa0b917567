/// The reading side of one HTTP/1.1 connection, without any I/O: bytes in, events out. Start reading here.
///
/// Give it bytes (`receive`, `withSpareCapacity`, or a body's straight by `didReadDirectly`), then call `next()` until
/// it says `.needMore`, `.end` or `.closed`. After `.end`, and once the request is answered, `startNextRequest()`.
/// After any thrown error the connection is closed: what follows is dropped unread.
package struct Connection: ~Copyable {
    package let limits: Limits
    private var buffer = ReceiveBuffer()
    private var state = ConnectionState.requestLine
    private var head = HeadReader()
    private var keepsAlive = true
    private var inputEnded = false

    /// Octets of this message understood so far.
    private var offset = 0
    private var emptyLines = 0
    /// Octets still to come of a body with a length, or of this chunk.
    private var remaining = 0
    /// Octets of data that the chunks announced so far.
    private var chunkedTotal = 0
    private var extensionOctets = 0
    private var trailerOctets = 0
    private var trailerCount = 0
    private var bodyLimit: Int

    package init(limits: Limits = Limits()) {
        self.limits = limits
        bodyLimit = limits.body
    }
}

// MARK: - Bytes in

extension Connection {
    /// Takes a copy of bytes that arrived.
    package mutating func receive(_ bytes: RawSpan) {
        guard state != .closed, !inputEnded else { return }
        buffer.append(bytes)
    }

    /// Lets `read` fill memory of at least `count` octets in place (for `recv`) and return how many it wrote; the
    /// same number is returned. Nothing may be kept of the memory.
    package mutating func withSpareCapacity<Failure: Error>(
        atLeast count: Int,
        _ read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        let received = try unsafe buffer.withSpareCapacity(atLeast: count, read)
        if state == .closed || inputEnded { buffer.removeAll() }
        return received
    }

    /// How many octets, all of them of this request's body, may be read past this connection straight to where the
    /// body is kept. 0 while received bytes wait to be understood: call `next()` first.
    package var directBodyCapacity: Int {
        switch state {
        case .fixedBody, .chunkData: buffer.unreadCount == 0 && !inputEnded ? remaining : 0
        default: 0
        }
    }

    /// Octets have been read so, at most `directBodyCapacity`. No `.body` event will tell of them.
    package mutating func didReadDirectly(_ count: Int) {
        guard 0...directBodyCapacity ~= count else { return close() }
        consumeBody(count)
    }

    /// The peer will send nothing more. What has arrived is still understood; then `next()` says `.closed` or, inside
    /// a request, throws.
    package mutating func receiveEnd() {
        inputEnded = true
    }

    /// Octets received and not yet understood: before the body is read, whether the client waits for 100 or not.
    package var unreadCount: Int { buffer.unreadCount }
}

// MARK: - Events out

extension Connection {
    /// What the bytes mean so far. Never blocks, and looks at each byte once.
    package mutating func next() throws(WireError) -> Event {
        do throws(WireError) {
            let event = try advance()
            guard inputEnded, case .needMore = event else { return event }
            switch phase {
            case .idle:
                close()
                return .closed
            case .body: throw WireError(.cutShort(.body), offset: offset + buffer.unreadCount)
            default: throw WireError(.cutShort(.head), offset: offset + buffer.unreadCount)
            }
        } catch {
            close()
            throw error
        }
    }

    /// Shows the octets of a `.body` event.
    package func withBytes<Result, Failure: Error>(
        at place: Range<Int>,
        _ read: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe buffer.withBytes(place, read)
    }

    /// Goes on to the next request, whose bytes may have arrived already. Called before `.end`, or after a request
    /// that said it was the last, it closes: the rest of that body would be taken for a request.
    package mutating func startNextRequest() {
        move(keepsAlive ? .nextRequest : .close)
        guard state == .requestLine else { return close() }
        head.restart()
        offset = 0
        emptyLines = 0
        remaining = 0
        chunkedTotal = 0
        extensionOctets = 0
        trailerOctets = 0
        trailerCount = 0
        bodyLimit = limits.body
    }

    /// Lowers the limit of this request's body, after its `.head`. A length that was declared is judged at once, chunks
    /// as they are announced.
    package mutating func limitBody(to count: Int) throws(WireError) {
        bodyLimit = min(bodyLimit, max(count, 0))
        if state == .fixedBody, remaining > bodyLimit {
            close()
            throw WireError(.bodyTooLarge(limit: bodyLimit), offset: offset)
        }
    }

    package var phase: Phase {
        switch state {
        case .requestLine: buffer.unreadCount == 0 ? .idle : .head
        case .fieldLines: .head
        case .fixedBody, .chunkLine, .chunkData, .chunkEnd, .trailerLines: .body
        case .complete: .complete
        case .closed: .closed
        }
    }

    /// Nothing of a request has arrived since the last one.
    package var isIdle: Bool { phase == .idle }

    /// Gives back the receive buffer of a connection that has nothing unread; the next bytes make a new one.
    package mutating func releaseMemory() {
        buffer.releaseMemory()
    }

    /// Work done on received bytes: in proportion to their number, however they were cut.
    var work: Int { buffer.work }
}

// MARK: - One step a state

extension Connection {
    private mutating func advance() throws(WireError) -> Event {
        while true {
            switch state {
            case .requestLine:
                guard try readRequestLine() else { return .needMore }
            case .fieldLines:
                guard let line = try takeFieldLine() else { return .needMore }
                if line.isEmpty { return .head(try finishHead()) }
                try head.readFieldLine(line, of: buffer, offset: offset, limits: limits)
                advanceOffset(past: line)
            case .fixedBody, .chunkData:
                let piece = buffer.take(upTo: remaining)
                guard !piece.isEmpty else { return .needMore }
                consumeBody(piece.count)
                return .body(piece)
            case .chunkLine:
                guard try readChunkLine() else { return .needMore }
            case .chunkEnd:
                guard try readChunkEnd() else { return .needMore }
            case .trailerLines:
                guard try readTrailerLine() else { return .needMore }
            case .complete: return .end
            case .closed: return .closed
            }
        }
    }

    private mutating func readRequestLine() throws(WireError) -> Bool {
        // What cannot begin a request (a TLS handshake, say) need not run into a time limit first.
        if let first = buffer.firstUnread, !OctetSet.token.contains(first), first != ASCII.carriageReturn,
            first != ASCII.lineFeed
        {
            throw WireError(.malformedMethod(octet: first), offset: offset)
        }
        let limit = limits.requestLine
        guard let line = try takeLine(limit: limit, .requestLineTooLong(limit: limit)) else { return false }
        if line.isEmpty {
            guard emptyLines < limits.leadingEmptyLines else {
                throw WireError(.tooManyEmptyLines(limit: limits.leadingEmptyLines), offset: offset)
            }
            emptyLines += 1
        } else {
            try head.readRequestLine(line, of: buffer, offset: offset)
            move(.requestLineRead)
        }
        advanceOffset(past: line)
        return true
    }

    private mutating func takeFieldLine() throws(WireError) -> Range<Int>? {
        let limit = limits.fieldSection
        return try takeSectionLine(used: head.sectionOctets, limit: limit, .fieldSectionTooLarge(limit: limit))
    }

    private mutating func finishHead() throws(WireError) -> RequestHead {
        offset += 2
        let head: RequestHead
        do throws(WireError.Reason) {
            head = try self.head.finish(limits: limits)
        } catch {
            throw WireError(error, offset: offset)
        }
        keepsAlive = head.keepsAlive
        switch head.framing {
        case .none: move(.headReadWithoutBody)
        case .chunked: move(.headReadWithChunks)
        case .length(let length):
            remaining = length
            move(.headReadWithLength)
        }
        return head
    }

    private mutating func readChunkLine() throws(WireError) -> Bool {
        let limit = limits.chunkLine
        guard let line = try takeLine(limit: limit, .chunkLineTooLong(limit: limit)) else { return false }
        let chunk = try ChunkLine(buffer.octets(line), offset: offset)
        extensionOctets += chunk.extensionOctets
        guard extensionOctets <= limits.chunkExtensions else {
            throw WireError(.chunkExtensionsTooLarge(limit: limits.chunkExtensions), offset: offset)
        }
        guard chunk.size <= bodyLimit - chunkedTotal else {
            throw WireError(.bodyTooLarge(limit: bodyLimit), offset: offset)
        }
        advanceOffset(past: line)
        chunkedTotal += chunk.size
        remaining = chunk.size
        move(chunk.size == 0 ? .lastChunkAnnounced : .chunkAnnounced)
        return true
    }

    /// Exactly CRLF, judged octet by octet (RFC 9112 section 7.1).
    private mutating func readChunkEnd() throws(WireError) -> Bool {
        guard buffer.unreadCount > 0 else { return false }
        let octets = buffer.peek(upTo: 2)
        guard buffer.octets(octets)[0] == ASCII.carriageReturn else {
            throw WireError(.unterminatedChunk, offset: offset)
        }
        guard octets.count == 2 else { return false }
        guard buffer.octets(octets)[1] == ASCII.lineFeed else {
            throw WireError(.unterminatedChunk, offset: offset + 1)
        }
        offset += buffer.take(upTo: 2).count
        move(.chunkEndRead)
        return true
    }

    /// Trailers are checked, counted and dropped, never merged into the head (RFC 9110 section 6.5.1).
    private mutating func readTrailerLine() throws(WireError) -> Bool {
        let limit = limits.trailerSection
        let tooLarge = WireError.Reason.trailerSectionTooLarge(limit: limit)
        guard let line = try takeSectionLine(used: trailerOctets, limit: limit, tooLarge) else { return false }
        if line.isEmpty {
            move(.trailersRead)
        } else {
            _ = try FieldLine(buffer.octets(line), isFirst: trailerCount == 0, offset: offset)
            guard trailerCount < limits.fieldCount else {
                throw WireError(.tooManyTrailers(limit: limits.fieldCount), offset: offset)
            }
            trailerCount += 1
            trailerOctets += line.count + 2
        }
        advanceOffset(past: line)
        return true
    }

    private mutating func consumeBody(_ count: Int) {
        remaining -= count
        offset += count
        guard remaining == 0 else { return }
        move(state == .chunkData ? .chunkDataRead : .fixedBodyRead)
    }

    private mutating func move(_ step: ConnectionState.Step) {
        state = state.after(step)
    }

    private mutating func close() {
        move(.close)
        buffer.removeAll()
    }
}

// MARK: - Lines

extension Connection {
    /// A line of a section whose octets are limited together, line ends included; its closing empty line is free.
    private mutating func takeSectionLine(
        used: Int,
        limit: Int,
        _ tooLarge: WireError.Reason
    ) throws(WireError) -> Range<Int>? {
        let line = try takeLine(limit: max(limit - used - 2, 0), tooLarge)
        if let line, !line.isEmpty, line.count + 2 > limit - used { throw WireError(tooLarge, offset: offset) }
        return line
    }

    /// Takes a line of up to `limit` octets and its CRLF; nil when it has not arrived whole. Only CRLF ends a line
    /// (RFC 9112 section 2.2 allows a bare LF, and smuggling lives on it).
    private mutating func takeLine(limit: Int, _ tooLong: WireError.Reason) throws(WireError) -> Range<Int>? {
        switch buffer.takeLine(limit: limit + 1) {
        case .incomplete: return nil
        case .tooLong: throw WireError(tooLong, offset: offset + limit)
        case .complete(let line):
            guard let last = line.last, buffer.octets(line)[line.count - 1] == ASCII.carriageReturn else {
                throw WireError(.bareLineFeed, offset: offset + line.count)
            }
            return line.lowerBound..<last
        }
    }

    private mutating func advanceOffset(past line: Range<Int>) {
        offset += line.count + 2
    }
}
