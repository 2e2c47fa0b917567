import Testing

@testable import HTTPWire

/// Internal access: the table is the module's own, and worth checking whole.
@Suite("Connection state")
struct ConnectionStateTests {
    @Test("every move that is not in the table closes")
    func tableIsWhole() {
        let moves: [ConnectionState: [ConnectionState.Step: ConnectionState]] = [
            .requestLine: [.requestLineRead: .fieldLines],
            .fieldLines: [
                .headReadWithoutBody: .complete, .headReadWithLength: .fixedBody, .headReadWithChunks: .chunkLine,
            ],
            .fixedBody: [.fixedBodyRead: .complete],
            .chunkLine: [.chunkAnnounced: .chunkData, .lastChunkAnnounced: .trailerLines],
            .chunkData: [.chunkDataRead: .chunkEnd],
            .chunkEnd: [.chunkEndRead: .chunkLine],
            .trailerLines: [.trailersRead: .complete],
            .complete: [.nextRequest: .requestLine],
        ]
        for state in ConnectionState.allCases {
            for step in ConnectionState.Step.allCases {
                #expect(state.after(step) == moves[state]?[step] ?? .closed, "\(state) after \(step)")
            }
        }
    }

    @Test("nothing leads out of closed")
    func closedIsFinal() {
        #expect(ConnectionState.Step.allCases.allSatisfy { ConnectionState.closed.after($0) == .closed })
    }
}
