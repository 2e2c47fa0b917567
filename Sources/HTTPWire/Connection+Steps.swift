/// One step a state: what `Connection.next()` does with the bytes.
extension Connection {
    mutating func advance() throws(WireError) -> Event {
        while true {
            switch state {
            case .requestLine:
                if let head = takeSameHead() { return .head(head) }
                guard try readRequestLine() else { return .needMore }
            case .fieldLines:
                guard let line = try takeFieldLine() else { return .needMore }
                if line.isEmpty { return .head(try finishHead(line)) }
                try head.readFieldLine(line, of: buffer, offset: progress.offset, limits: limits)
                advanceOffset(past: line)
            case .fixedBody, .chunkData:
                let piece = buffer.take(upTo: progress.remaining)
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

    /// A client that keeps its connection often sends the same head again and again. The same octets mean the same: there
    /// is nothing to be read that has not been read before.
    private mutating func takeSameHead() -> RequestHead? {
        guard let last = head.last, buffer.take(last.octets.span) else { return nil }
        progress.offset += last.octets.count
        move(.requestLineRead)
        begin(last)
        return last
    }

    private mutating func readRequestLine() throws(WireError) -> Bool {
        // What cannot begin a request (a TLS handshake, say) need not run into a time limit first.
        if let first = buffer.firstUnread, !OctetSet.token.contains(first), first != ASCII.carriageReturn,
            first != ASCII.lineFeed
        {
            throw WireError(.malformedMethod(octet: first), offset: progress.offset)
        }
        guard let line = try takeRequestLine() else { return false }
        if line.isEmpty {
            guard progress.emptyLines < limits.leadingEmptyLines else {
                throw WireError(.tooManyEmptyLines(limit: limits.leadingEmptyLines), offset: progress.offset)
            }
            progress.emptyLines += 1
        } else {
            try head.readRequestLine(line, of: buffer, offset: progress.offset)
            move(.requestLineRead)
        }
        advanceOffset(past: line)
        return true
    }

    /// 414 speaks of a target that is too long. Where no target has begun there is no request line at all.
    private mutating func takeRequestLine() throws(WireError) -> Range<Int>? {
        let limit = limits.requestLine
        do throws(WireError) {
            return try takeLine(limit: limit, .requestLineTooLong(limit: limit))
        } catch {
            guard case .requestLineTooLong = error.reason,
                buffer.octets(buffer.peek(upTo: limit)).firstIndex(of: ASCII.space) == nil
            else { throw error }
            throw WireError(.malformedRequestLine, offset: error.offset)
        }
    }

    private mutating func takeFieldLine() throws(WireError) -> Range<Int>? {
        let limit = limits.fieldSection
        return try takeSectionLine(used: head.sectionOctets, limit: limit, .fieldSectionTooLarge(limit: limit))
    }

    private mutating func finishHead(_ line: Range<Int>) throws(WireError) -> RequestHead {
        progress.offset += 2
        let head: RequestHead
        do throws(WireError.Reason) {
            head = try self.head.finish(line, of: buffer, limits: limits)
        } catch {
            throw WireError(error, offset: progress.offset)
        }
        begin(head)
        return head
    }

    /// What follows a head.
    private mutating func begin(_ head: RequestHead) {
        progress.keepsAlive = head.keepsAlive
        switch head.framing {
        case .none: move(.headReadWithoutBody)
        case .chunked: move(.headReadWithChunks)
        case .length(let length):
            progress.remaining = length
            move(.headReadWithLength)
        }
    }

    private mutating func readChunkLine() throws(WireError) -> Bool {
        let limit = limits.chunkLine
        guard let line = try takeLine(limit: limit, .chunkLineTooLong(limit: limit)) else { return false }
        let chunk = try ChunkLine(buffer.octets(line), offset: progress.offset)
        progress.extensionOctets += chunk.extensionOctets
        guard progress.extensionOctets <= limits.chunkExtensions else {
            throw WireError(.chunkExtensionsTooLarge(limit: limits.chunkExtensions), offset: progress.offset)
        }
        guard chunk.size <= progress.bodyLimit - progress.chunkedTotal else {
            throw WireError(.bodyTooLarge(limit: progress.bodyLimit), offset: progress.offset)
        }
        advanceOffset(past: line)
        progress.chunkedTotal += chunk.size
        progress.remaining = chunk.size
        move(chunk.size == 0 ? .lastChunkAnnounced : .chunkAnnounced)
        return true
    }

    /// Exactly CRLF, judged octet by octet (RFC 9112 section 7.1).
    private mutating func readChunkEnd() throws(WireError) -> Bool {
        guard buffer.unreadCount > 0 else { return false }
        let octets = buffer.peek(upTo: 2)
        guard buffer.octets(octets)[0] == ASCII.carriageReturn else {
            throw WireError(.unterminatedChunk, offset: progress.offset)
        }
        guard octets.count == 2 else { return false }
        guard buffer.octets(octets)[1] == ASCII.lineFeed else {
            throw WireError(.unterminatedChunk, offset: progress.offset + 1)
        }
        progress.offset += buffer.take(upTo: 2).count
        move(.chunkEndRead)
        return true
    }

    /// Trailers are checked, counted and dropped, never merged into the head (RFC 9110 section 6.5.1).
    private mutating func readTrailerLine() throws(WireError) -> Bool {
        let limit = limits.trailerSection
        let tooLarge = WireError.Reason.trailerSectionTooLarge(limit: limit)
        guard let line = try takeSectionLine(used: progress.trailerOctets, limit: limit, tooLarge) else { return false }
        if line.isEmpty {
            move(.trailersRead)
        } else {
            _ = try FieldLine(buffer.octets(line), isFirst: progress.trailerCount == 0, offset: progress.offset)
            guard progress.trailerCount < limits.fieldCount else {
                throw WireError(.tooManyTrailers(limit: limits.fieldCount), offset: progress.offset)
            }
            progress.trailerCount += 1
            progress.trailerOctets += line.count + 2
        }
        advanceOffset(past: line)
        return true
    }

    mutating func consumeBody(_ count: Int) {
        progress.remaining -= count
        progress.offset += count
        guard progress.remaining == 0 else { return }
        move(state == .chunkData ? .chunkDataRead : .fixedBodyRead)
    }
}

/// Lines, and how long they may be.
extension Connection {
    /// A line of a section whose octets are limited together, line ends included; its closing empty line is free.
    private mutating func takeSectionLine(
        used: Int,
        limit: Int,
        _ tooLarge: WireError.Reason
    ) throws(WireError) -> Range<Int>? {
        let line = try takeLine(limit: max(limit - used - 2, 0), tooLarge)
        if let line, !line.isEmpty, line.count + 2 > limit - used { throw WireError(tooLarge, offset: progress.offset) }
        return line
    }

    /// Takes a line of up to `limit` octets and its CRLF; nil when it has not arrived whole. Only CRLF ends a line
    /// (RFC 9112 section 2.2 allows a bare LF, and smuggling lives on it).
    private mutating func takeLine(limit: Int, _ tooLong: WireError.Reason) throws(WireError) -> Range<Int>? {
        switch buffer.takeLine(limit: limit + 1) {
        case .incomplete: return nil
        case .tooLong: throw WireError(tooLong, offset: progress.offset + limit)
        case .complete(let line):
            guard let last = line.last, buffer.octets(line)[line.count - 1] == ASCII.carriageReturn else {
                throw WireError(.bareLineFeed, offset: progress.offset + line.count)
            }
            return line.lowerBound..<last
        }
    }

    private mutating func advanceOffset(past line: Range<Int>) {
        progress.offset += line.count + 2
    }
}
