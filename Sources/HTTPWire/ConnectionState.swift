/// Where in a message the reading side of a connection stands, and every move it can make: nothing else moves it.
enum ConnectionState: Hashable, CaseIterable {
    case requestLine
    case fieldLines
    case fixedBody
    case chunkLine
    case chunkData
    case chunkEnd
    case trailerLines
    /// The request has been read to its end; the next one is not looked at.
    case complete
    /// Nothing that arrives is looked at any more.
    case closed

    enum Step: Hashable, CaseIterable {
        case requestLineRead
        case headReadWithoutBody
        case headReadWithLength
        case headReadWithChunks
        case fixedBodyRead
        case chunkAnnounced
        case chunkDataRead
        case chunkEndRead
        case lastChunkAnnounced
        case trailersRead
        case nextRequest
        case close
    }

    /// A step that the table does not know closes: out of step with the peer, no request can be told from another.
    func after(_ step: Step) -> ConnectionState {
        switch (self, step) {
        case (.requestLine, .requestLineRead): .fieldLines
        case (.fieldLines, .headReadWithoutBody): .complete
        case (.fieldLines, .headReadWithLength): .fixedBody
        case (.fieldLines, .headReadWithChunks): .chunkLine
        case (.fixedBody, .fixedBodyRead): .complete
        case (.chunkLine, .chunkAnnounced): .chunkData
        case (.chunkData, .chunkDataRead): .chunkEnd
        case (.chunkEnd, .chunkEndRead): .chunkLine
        case (.chunkLine, .lastChunkAnnounced): .trailerLines
        case (.trailerLines, .trailersRead): .complete
        case (.complete, .nextRequest): .requestLine
        default: .closed
        }
    }
}

/// What a connection waits for, as far as time limits are concerned.
package enum Phase: Hashable, Sendable {
    /// No octet of a request has arrived.
    case idle
    case head
    case body
    /// The request has been read; it is the server's turn.
    case complete
    case closed
}
