import Dispatch
import HTTPServer
import HTTPTypes
import HTTPWire
import Synchronization
import TestSupport
import Testing

/// What is read when, and what becomes of clients that go away.
@Suite struct FlowTests {
    @Test func aClientThatReadsNoAnswersIsNotReadFrom() async throws {
        let handled = Atomic(0)
        let server = try serve(
            ScriptedHandler { _, exchange in
                handled.add(1, ordering: .relaxed)
                exchange.respond(Response(status: .ok, body: [UInt8](repeating: 65, count: 1_000_000)))
            }
        )
        let client = try RawClient(port: server.port, receiveBuffer: 64 * 1024)
        try client.send((0..<100).map { get("/\($0)") }.joined())
        try client.waitForInput()
        // A second connection's answer shows that the loop has done all it wanted with the first.
        let other = try RawClient(port: server.port)
        try other.send(get("/"))
        #expect(try other.receive().body.count == 1_000_000)
        // The kernel's buffers take a few megabytes.
        #expect(handled.load(ordering: .relaxed) < 20)
        for _ in 0..<100 { #expect(try client.receive().body.count == 1_000_000) }
        #expect(handled.load(ordering: .relaxed) == 101)
    }

    @Test func aClientThatEndedItsDirectionStillGetsItsAnswers() async throws {
        let waiting = Shelf<Exchange>()
        let clock = ManualClock()
        let server = try serve(
            ScriptedHandler { request, exchange in
                if request.head.path == "/late" { waiting.put(exchange) } else { exchange.respond(echo(request)) }
            },
            clock: clock
        )
        let client = try RawClient(port: server.port)
        try client.send(get("/1") + get("/late") + get("/3"))
        client.endSending()
        #expect(try client.receive().text == "/1")
        #expect(await waiting.holds(1))
        // After a while it is asked for a sign of life, with an answer that every client passes over.
        // Its end may be noticed before or after the clock has moved.
        #expect(
            await eventually {
                clock.advance(by: .seconds(2))
                server.checkDeadlines()
                return client.hasInput
            }
        )
        #expect(try client.receive().status == 100)
        let exchange = try #require(waiting.takeAll().first)
        #expect(!exchange.isCancelled)
        exchange.respond(text("late"))
        #expect(try client.receive().text == "late")
        #expect(try client.receive().text == "/3")
        #expect(try client.receivesEnd())
    }

    @Test func theWorkOfAClientThatClosedIsCancelled() async throws {
        let waiting = Shelf<Exchange>()
        let clock = ManualClock()
        let server = try serve(ScriptedHandler { _, exchange in waiting.put(exchange) }, clock: clock)
        let client = try RawClient(port: server.port)
        try client.send(get("/"))
        #expect(await waiting.holds(1))
        client.close()
        let exchange = try #require(waiting.takeAll().first)
        // Its end may be noticed before or after the clock has moved.
        #expect(
            await eventually {
                clock.advance(by: .seconds(2))
                server.checkDeadlines()
                return exchange.isCancelled
            }
        )
        #expect(await eventually { server.connections == 0 })
        exchange.respond(text("to nobody"))
    }

    @Test func theWorkOfAClientThatResetIsCancelled() async throws {
        let waiting = Shelf<Exchange>()
        let server = try serve(ScriptedHandler { _, exchange in waiting.put(exchange) })
        let client = try RawClient(port: server.port)
        try client.send(get("/"))
        #expect(await waiting.holds(1))
        client.reset()
        let exchange = try #require(waiting.takeAll().first)
        #expect(await eventually { exchange.isCancelled })
        #expect(await eventually { server.connections == 0 })
    }

    @Test(arguments: [true, false])
    func aBodyCutShortIsNeverHandled(byReset: Bool) async throws {
        let handled = Atomic(0)
        let admitted = Shelf<Bool>()
        let server = try serve(
            ScriptedHandler(
                onRequest: { request, exchange in
                    handled.add(1, ordering: .relaxed)
                    exchange.respond(echo(request))
                },
                onHead: { _ in
                    admitted.put(true)
                    return .accept(maximumBody: .max)
                }
            )
        ) { $0.patience.body = .seconds(600) }
        let client = try RawClient(port: server.port)
        try client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhalf")
        #expect(await admitted.holds(1))
        if byReset {
            client.reset()
        } else {
            client.endSending()
            #expect(try client.receive().status == 400)
        }
        #expect(await eventually { server.connections == 0 })
        #expect(handled.load(ordering: .relaxed) == 0)
    }

    @Test func aClientThatGoesAwayInTheMiddleOfItsAnswerLeavesNothingBehind() async throws {
        let server = try serve(
            ScriptedHandler { _, exchange in
                exchange.respond(Response(status: .ok, body: [UInt8](repeating: 65, count: 20_000_000)))
            }
        )
        let client = try RawClient(port: server.port)
        try client.send(get("/"))
        try client.waitForInput()
        client.close()
        #expect(await eventually { server.connections == 0 })
    }

    @Test func anExchangeThatIsDroppedIsAnsweredWithAnError() async throws {
        let waiting = Shelf<Exchange>()
        let server = try serve(
            ScriptedHandler { request, exchange in if request.head.path == "/later" { waiting.put(exchange) } }
        )
        for path in ["/now", "/later"] {
            let client = try RawClient(port: server.port)
            try client.send(get(path))
            if path == "/later" {
                #expect(await waiting.holds(1))
                _ = waiting.takeAll()
            }
            let answer = try client.receive()
            #expect(answer.status == 500)
            #expect(answer.text == "unanswered")
            #expect(answer.field("connection") == "close")
            #expect(try client.receivesEnd())
        }
    }

    @Test func aHandlerThatNeitherAnswersNorAsksForAnExchangeIsAnsweredForWithAnError() throws {
        final class Silent: Handler {
            func admit(_ head: RequestHead, from peer: String) -> Admission { .accept(maximumBody: .max) }
            func handle(_ request: Request, _: inout AnswerMemory, later: () -> Exchange) -> Response? { nil }
            func refusal(_ refusal: Refusal) -> Response { text("\(refusal)", .internalServerError) }
        }
        let server = try serve(Silent())
        let client = try RawClient(port: server.port)
        try client.send(get("/"))
        let answer = try client.receive()
        #expect(answer.text == "unanswered")
        #expect(answer.field("connection") == "close")
        #expect(try client.receivesEnd())
    }

    @Test func theFirstAnswerCounts() throws {
        let server = try serve(
            ScriptedHandler { _, exchange in
                exchange.respond(text("first"))
                exchange.respond(text("second"))
            }
        )
        let client = try RawClient(port: server.port)
        try client.send(get("/") + get("/"))
        #expect(try client.receive().text == "first")
        #expect(try client.receive().text == "first")
    }

    @Test func bodiesInFlightAreBoundedTogether() async throws {
        let waiting = Shelf<Exchange>()
        let server = try serve(ScriptedHandler { _, exchange in waiting.put(exchange) }) {
            $0.maximumOctetsInFlight = 1_000_000
        }
        let body = String(repeating: "a", count: 600_000)
        let first = try RawClient(port: server.port)
        try first.send(post("/", body))
        #expect(await waiting.holds(1))
        let second = try RawClient(port: server.port)
        try second.send(post("/", body))
        let refused = try second.receive()
        #expect(refused.status == 503)
        #expect(refused.text == "overloaded")
        waiting.takeAll().first?.respond(text("done"))
        #expect(try first.receive().text == "done")
        let third = try RawClient(port: server.port)
        try third.send(post("/", body))
        #expect(await waiting.holds(1))
        waiting.takeAll().first?.respond(text("done too"))
        #expect(try third.receive().text == "done too")
    }
}
