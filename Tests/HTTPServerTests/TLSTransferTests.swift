import HTTPServer
import HTTPTypes
import HTTPWire
import TestSupport
import Testing

/// Requests and answers behind TLS.
@Suite struct TLSTransferTests {
    @Test(arguments: [TLSClient.version12, TLSClient.version13])
    func aLargeBodyPassesBothWays(version: Int32) async throws {
        let server = try serveTLS()
        let client = try TLSClient(port: server.port, .with { $0.version = version }, receiveBuffer: 64 * 1024)
        // A period that no size of record or buffer divides.
        let body = [[UInt8]](repeating: Array(0..<251), count: 24_000).flatMap(\.self)
        let head = "POST /large HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.count)\r\n\r\n"
        for _ in 0..<2 {
            try client.send(Array(head.utf8) + body)
            let answer = try client.receive()
            #expect(answer.body == Array("/large=".utf8) + body)
        }
    }

    @Test(arguments: [false, true])
    func aBodyThatIsMadeWhileItIsSentPassesWhole(isCounted: Bool) async throws {
        let server = try serveTLS(handler: streaming(pieces: 60, size: 100_000, isCounted: isCounted))
        let client = try TLSClient(port: server.port, receiveBuffer: 64 * 1024)
        try client.send(get("/") + get("/"))
        for _ in 0..<2 { #expect(try client.receive().body == Numbered.body(pieces: 60, size: 100_000)) }
    }

    @Test func pipelinedRequestsInOneRecordAreAllAnswered() throws {
        let server = try serveTLS()
        let client = try TLSClient(port: server.port)
        try client.send((0..<100).map { get("/\($0)") }.joined())
        for number in 0..<100 { #expect(try client.receive().text == "/\(number)") }
    }

    @Test func aRequestInOneRecordAnOctetIsUnderstood() throws {
        let server = try serveTLS()
        let client = try TLSClient(port: server.port)
        for octet in post("/slow", "body").utf8 { try client.send([octet]) }
        #expect(try client.receive().text == "/slow=body")
    }

    @Test func whatArrivedWhileAnAnswerWasMadeIsReadAfterIt() async throws {
        let waiting = Shelf<Exchange>()
        let handler = ScriptedHandler { request, exchange in
            if request.head.path == "/wait" { waiting.put(exchange) } else { exchange.respond(echo(request)) }
        }
        let server = try serveTLS(handler: handler)
        let client = try TLSClient(port: server.port)
        // Three records that one read takes from the socket; the later two then wait inside TLS.
        try client.send(get("/wait"))
        try client.send(post("/second", String(repeating: "x", count: 30_000)))
        try client.send(get("/third"))
        #expect(await waiting.holds(1))
        waiting.takeAll().first?.respond(text("first"))
        #expect(try client.receive().text == "first")
        #expect(try client.receive().body.count == 30_008)
        #expect(try client.receive().text == "/third")
    }

    @Test func theLastAnswerIsFollowedByTheEndOfTLS() throws {
        let server = try serveTLS()
        let client = try TLSClient(port: server.port)
        try client.send(get("/", "Connection: close"))
        #expect(try client.receive().field("connection") == "close")
        #expect(try client.receivesEnd())
    }

    @Test func anIdleConnectionEndsInGoodOrder() throws {
        let clock = ManualClock()
        let server = try serveTLS(clock: clock)
        let client = try TLSClient(port: server.port)
        try client.send(get("/"))
        _ = try client.receive()
        clock.advance(by: .seconds(61))
        server.checkDeadlines()
        #expect(try client.receivesEnd())
    }

    @Test func aClientThatSaysGoodbyeAfterItsRequestIsAnswered() throws {
        let server = try serveTLS()
        let client = try TLSClient(port: server.port)
        try client.send(get("/last"))
        client.sayGoodbye()
        #expect(try client.receive().text == "/last")
    }

    @Test(arguments: [true, false])
    func aBodyThatEndsEarlyNeverReachesTheHandler(inGoodOrder: Bool) async throws {
        let handled = Shelf<Bool>()
        let handler = ScriptedHandler { request, exchange in
            handled.put(true)
            exchange.respond(echo(request))
        }
        let server = try serveTLS(handler: handler)
        let client = try TLSClient(port: server.port)
        try client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\nhalf")
        if inGoodOrder {
            client.sayGoodbye()
            #expect(try client.receive().status == 400)
        }
        client.close()
        #expect(await eventually { server.connections == 0 })
        #expect(handled.count == 0)
    }

    @Test func aRefusedLargeBodyDoesNotCostTheAnswer() throws {
        let handler = ScriptedHandler(onHead: { _ in .refuse(text("no", .contentTooLarge)) })
        let server = try serveTLS(handler: handler)
        let client = try TLSClient(port: server.port)
        try client.send(post("/", String(repeating: "x", count: 4_000_000)))
        #expect(try client.receive().status == 413)
        #expect(try client.receivesEnd())
    }

    @Test func requestsInFlightAreFinishedWhenTheServerDrains() async throws {
        let waiting = Shelf<Exchange>()
        let server = try serveTLS(handler: ScriptedHandler { _, exchange in waiting.put(exchange) })
        let client = try TLSClient(port: server.port)
        let inHandshake = try RawClient(port: server.port)
        try client.send(get("/"))
        #expect(await waiting.holds(1))
        #expect(await eventually { server.connections == 2 })
        inHandshake.close()
        server.drain(within: .seconds(3600))
        waiting.takeAll().first?.respond(text("done"))
        let answer = try client.receive()
        #expect(answer.text == "done")
        #expect(answer.field("connection") == "close")
        #expect(try client.receivesEnd())
        client.close()
        #expect(await server.ended() == 0)
    }
}
