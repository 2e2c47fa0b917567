import HTTPServer
import HTTPTypes
import TestSupport
import Testing

/// How long the server waits, with a clock that is moved by hand. Each test sends a whole request before the one that
/// is late: its answer shows that the server has read both.
@Suite struct TimeLimitTests {
    @Test func anIdleConnectionIsClosedWithoutAWord() throws {
        let clock = ManualClock()
        let server = try serve(clock: clock)
        let client = try RawClient(port: server.port)
        try client.send(get("/"))
        _ = try client.receive()
        clock.advance(by: .seconds(59))
        server.checkDeadlines()
        try client.send(get("/"))
        _ = try client.receive()
        clock.advance(by: .seconds(61))
        server.checkDeadlines()
        #expect(try client.receivesEnd())
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHo", 10, "timeout head"),
        ("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\nhalf", 30, "timeout body"),
        ("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", 30, "timeout body"),
    ])
    func aRequestThatStopsArrivingIsAnsweredWith408(part: String, limit: Int, expected: String) throws {
        let clock = ManualClock()
        let server = try serve(clock: clock)
        let client = try RawClient(port: server.port)
        try client.send(get("/whole") + part)
        #expect(try client.receive().text == "/whole")
        clock.advance(by: .seconds(limit - 1))
        _ = try checkDeadlines(of: server)
        #expect(!client.hasInput, "it may still come")
        clock.advance(by: .seconds(2))
        server.checkDeadlines()
        let answer = try client.receive()
        #expect(answer.status == 408)
        #expect(answer.text == expected)
        #expect(answer.field("connection") == "close")
        #expect(try client.receivesEnd())
    }

    @Test func aHeadThatTricklesIsNotWaitedForLongerThanOneThatStops() async throws {
        let clock = ManualClock()
        let server = try serve(clock: clock)
        let client = try RawClient(port: server.port)
        try client.send(get("/whole") + "GET / HTTP/1.1\r\n")
        #expect(try client.receive().text == "/whole")
        clock.advance(by: .seconds(6))
        try client.send("Host: test\r\n")
        clock.advance(by: .seconds(6))
        server.checkDeadlines()
        #expect(try client.receive().status == 408)
    }

    @Test func aClientThatTakesNoneOfItsAnswerIsCut() async throws {
        let clock = ManualClock()
        let server = try serve(
            ScriptedHandler { _, exchange in
                exchange.respond(Response(status: .ok, body: [UInt8](repeating: 65, count: 20_000_000)))
            },
            clock: clock
        )
        let client = try RawClient(port: server.port, receiveBuffer: 64 * 1024)
        try client.send(get("/"))
        try client.waitForInput()
        clock.advance(by: .seconds(29))
        let other = try checkDeadlines(of: server)
        #expect(server.connections == 2, "it may still take it")
        other.close()
        #expect(
            await eventually {
                clock.advance(by: .seconds(31))
                server.checkDeadlines()
                return server.connections == 0
            }
        )
        #expect(throws: RawClient.Failure.self) { try client.receive() }
    }

    @Test func aHandlerMayTakeItsTime() async throws {
        let clock = ManualClock()
        let waiting = Shelf<Exchange>()
        let server = try serve(ScriptedHandler { _, exchange in waiting.put(exchange) }, clock: clock)
        let client = try RawClient(port: server.port)
        try client.send(get("/"))
        #expect(await waiting.holds(1))
        clock.advance(by: .seconds(10_000))
        server.checkDeadlines()
        waiting.takeAll().first?.respond(text("at last"))
        #expect(try client.receive().text == "at last")
    }

    @Test func aClientThatDoesNotCloseAfterTheLastAnswerIsClosed() async throws {
        let clock = ManualClock()
        let server = try serve(clock: clock)
        let client = try RawClient(port: server.port)
        try client.send(get("/", "Connection: close"))
        _ = try client.receive()
        #expect(try client.receivesEnd())
        #expect(server.connections == 1)
        clock.advance(by: .seconds(3))
        server.checkDeadlines()
        #expect(await eventually { server.connections == 0 })
    }

    @Test func theServersOwnTimerLooksAtTheDeadlines() throws {
        let server = try serve { $0.patience.head = .milliseconds(50) }
        let client = try RawClient(port: server.port)
        try client.send("GET / HTTP/1.1\r\n")
        #expect(try client.receive().status == 408)
    }
}

/// Has the server look at its deadlines, and returns when it has: it takes events before messages, so only the second of
/// these answers, on a connection of its own, says that it has taken the message too.
private func checkDeadlines(of server: Server) throws -> RawClient {
    server.checkDeadlines()
    let other = try RawClient(port: server.port)
    for _ in 0..<2 {
        try other.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
        _ = try other.receive(isHead: true)
    }
    return other
}
