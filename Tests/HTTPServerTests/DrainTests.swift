import HTTPServer
import HTTPTypes
import HTTPWire
import TestSupport
import Testing

@Suite struct DrainTests {
    /// Longer than any test moves its clock.
    private let patiently = Duration.seconds(1_000_000)
    /// Of this suite alone: the port that a draining server gives up may be another test's the moment after.
    private let host = "127.0.0.3"

    /// Whether the drain has begun: nobody gets in any more.
    private func refusesConnections(_ server: Server) async -> Bool {
        let port = server.port
        return await eventually { (try? RawClient(port: port, host: host)) == nil }
    }

    @Test(arguments: [1, 3])
    func requestsInFlightAreFinishedAndIdleConnectionsClosed(loops: Int) async throws {
        let waiting = Shelf<Exchange>()
        let server = try serve(
            ScriptedHandler { request, exchange in
                if request.head.path == "/wait" { waiting.put(exchange) } else { exchange.respond(echo(request)) }
            }
        ) {
            $0.loops = loops
            $0.host = host
        }
        let idle = try RawClient(port: server.port, host: host)
        try idle.send(get("/"))
        _ = try idle.receive()
        let busy = try RawClient(port: server.port, host: host)
        try busy.send(get("/wait") + get("/never"))
        #expect(await waiting.holds(1))

        server.drain(within: patiently)
        #expect(try idle.receivesEnd())
        #expect(await refusesConnections(server))
        waiting.takeAll().first?.respond(text("done"))
        let answer = try busy.receive()
        #expect(answer.text == "done")
        #expect(answer.field("connection") == "close")
        #expect(try busy.receivesEnd())
        busy.close()
        #expect(await server.ended() == 0)
        #expect(server.connections == 0)
    }

    @Test func beforeTheDrainEachAnswerIsTheLastAndNewConnectionsAreServed() async throws {
        let server = try serve { $0.loops = 2 }
        let old = try RawClient(port: server.port)
        try old.send(get("/"))
        #expect(try old.receive().field("connection") == nil)
        server.closeAfterAnswers()
        for path in ["/one", "/two", "/three"] {
            let new = try RawClient(port: server.port)
            // The message that tells a loop of it may still be on its way when the first request comes.
            #expect(
                try await eventually {
                    try new.send(get(path))
                    return try new.receive().field("connection") == "close"
                }
            )
            #expect(try new.receivesEnd())
        }
        try old.send(get("/last"))
        #expect(try old.receive().field("connection") == "close")
        #expect(try old.receivesEnd())
    }

    @Test func aRequestThatWasOnItsWayToAnIdleConnectionIsServed() async throws {
        let clock = ManualClock()
        let server = try serve(clock: clock) { $0.host = host }
        let client = try RawClient(port: server.port, host: host)
        try client.send(get("/"))
        _ = try client.receive()
        server.drain(within: patiently)
        #expect(await refusesConnections(server))
        try client.send(post("/late", "body"))
        let answer = try client.receive()
        #expect(answer.text == "/late=body")
        #expect(answer.field("connection") == "close")
    }

    @Test func whatIsNotFinishedInTimeIsCut() async throws {
        let clock = ManualClock()
        let waiting = Shelf<Exchange>()
        let server = try serve(ScriptedHandler { _, exchange in waiting.put(exchange) }, clock: clock)
        let client = try RawClient(port: server.port)
        try client.send(get("/"))
        #expect(await waiting.holds(1))
        server.drain(within: .seconds(25))
        let exchange = try #require(waiting.takeAll().first)
        #expect(
            await eventually {
                clock.advance(by: .seconds(30))
                server.checkDeadlines()
                return exchange.isCancelled
            }
        )
        #expect(await server.ended() == 1)
        #expect(try client.receivesEnd())
    }

    @Test func aConnectionThatIsNewWhenTheDrainBeginsIsServed() async throws {
        let clock = ManualClock()
        let server = try serve(clock: clock) { $0.host = host }
        let client = try RawClient(port: server.port, host: host)
        #expect(await eventually { server.connections == 1 })
        server.drain(within: patiently)
        #expect(await refusesConnections(server))
        try client.send(get("/late"))
        let answer = try client.receive()
        #expect(answer.text == "/late")
        #expect(answer.field("connection") == "close")
        client.close()
        #expect(await closesAll(server, clock))
        #expect(await server.ended() == 0)
    }

    /// A client that keeps its connection may have sent the next request when the drain begins.
    @Test func aConnectionThatIsIdleWhenTheDrainBeginsGetsOneMoreAnswer() async throws {
        let clock = ManualClock()
        let server = try serve(clock: clock) { $0.host = host }
        let silent = try RawClient(port: server.port, host: host), busy = try RawClient(port: server.port, host: host)
        for client in [silent, busy] {
            try client.send(get("/"))
            _ = try client.receive()
        }
        clock.advance(by: .seconds(2))
        server.drain(within: patiently)
        #expect(await refusesConnections(server))
        try busy.send(get("/next"))
        let answer = try busy.receive()
        #expect(answer.text == "/next")
        #expect(answer.field("connection") == "close")
        busy.close()
        #expect(await closesAll(server, clock))
        #expect(try silent.receivesEnd())
        #expect(await server.ended() == 0)
    }

    @Test func stoppingCutsEverythingAtOnce() async throws {
        let waiting = Shelf<Exchange>()
        let server = try serve(ScriptedHandler { _, exchange in waiting.put(exchange) }) { $0.loops = 2 }
        let clients = try (0..<4).map { _ in try RawClient(port: server.port) }
        for client in clients { try client.send(get("/")) }
        #expect(await waiting.holds(4))
        server.stop()
        #expect(await server.ended() == 4)
        for exchange in waiting.takeAll() { #expect(exchange.isCancelled) }
        for client in clients { #expect(try client.receivesEnd()) }
    }

    @Test func aServerThatIsLetGoOfStops() async throws {
        var server: Server? = try serve()
        let client = try RawClient(port: try #require(server).port)
        try client.send(get("/"))
        _ = try client.receive()
        server = nil
        #expect(try client.receivesEnd())
    }
}

/// Whether every connection is closed once time goes on.
private func closesAll(_ server: Server, _ clock: ManualClock) async -> Bool {
    await eventually {
        clock.advance(by: .seconds(2))
        server.checkDeadlines()
        return server.connections == 0
    }
}
