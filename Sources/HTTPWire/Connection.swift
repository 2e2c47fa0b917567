/// The reading side of one HTTP/1.1 connection, without any I/O: bytes in, events out. Start reading here.
///
/// Give it bytes (`receive`, `withSpareCapacity`, or a body's straight by `didReadDirectly`), then call `next()` until
/// it says `.needMore`, `.end` or `.closed`. After `.end`, and once the request is answered, `startNextRequest()`.
/// After any thrown error the connection is closed: what follows is dropped unread.
package struct Connection: ~Copyable {
    package let limits: Limits
    var buffer = ReceiveBuffer()
    var head = HeadReader()
    var progress: MessageProgress
    private(set) var state = ConnectionState.requestLine
    private var inputEnded = false

    package init(limits: Limits = Limits()) {
        self.limits = limits
        progress = MessageProgress(limits)
    }

    mutating func move(_ step: ConnectionState.Step) {
        state = state.after(step)
    }

    mutating func close() {
        move(.close)
        buffer.removeAll()
    }
}

/// How far one message has been read; a new one begins with each.
struct MessageProgress {
    /// Octets understood so far.
    var offset = 0
    var emptyLines = 0
    /// Octets still to come of a body with a length, or of this chunk.
    var remaining = 0
    /// Octets of data that the chunks announced so far.
    var chunkedTotal = 0
    var extensionOctets = 0
    var trailerOctets = 0
    var trailerCount = 0
    var bodyLimit: Int
    /// Whether another request may follow.
    var keepsAlive = true

    init(_ limits: Limits) {
        bodyLimit = limits.body
    }
}

// MARK: - Bytes in

extension Connection {
    /// Takes a copy of bytes that arrived.
    ///
    /// - Returns: `unreadCount` with them.
    @discardableResult
    package mutating func receive(_ bytes: RawSpan) -> Int {
        if state != .closed, !inputEnded { buffer.append(bytes) }
        return buffer.unreadCount
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
        case .fixedBody, .chunkData: buffer.unreadCount == 0 && !inputEnded ? progress.remaining : 0
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
            case .body: throw WireError(.cutShort(.body), offset: progress.offset + buffer.unreadCount)
            default: throw WireError(.cutShort(.head), offset: progress.offset + buffer.unreadCount)
            }
        } catch {
            close()
            throw error
        }
    }

    /// The octets of a `.body` event.
    @_lifetime(borrow self)
    package func octets(at place: Range<Int>) -> Span<UInt8> { buffer.octets(place) }

    /// Goes on to the next request, whose bytes may have arrived already. Called before `.end`, or after a request
    /// that said it was the last, it closes: the rest of that body would be taken for a request.
    package mutating func startNextRequest() {
        move(progress.keepsAlive ? .nextRequest : .close)
        guard state == .requestLine else { return close() }
        head.endRequest()
        progress = MessageProgress(limits)
    }

    /// Lowers the limit of this request's body, after its `.head`. A length that was declared is judged at once, chunks
    /// as they are announced.
    package mutating func limitBody(to count: Int) throws(WireError) {
        progress.bodyLimit = min(progress.bodyLimit, max(count, 0))
        if state == .fixedBody, progress.remaining > progress.bodyLimit {
            close()
            throw WireError(.bodyTooLarge(limit: progress.bodyLimit), offset: progress.offset)
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
    package var isIdle: Bool {
        // Changes nothing; but who only reads a connection is handed a copy of its memory, and this is asked several times
        // a request.
        mutating get { state == .requestLine && buffer.unreadCount == 0 }
    }

    /// Gives back what an idle connection need not hold; the next bytes take it again. Without effect while a request
    /// is being read.
    package mutating func releaseMemory() {
        guard isIdle else { return }
        buffer.releaseMemory()
        head = HeadReader()
    }

    /// Work done on received bytes: in proportion to their number, however they were cut.
    var work: Int { buffer.work }
}
