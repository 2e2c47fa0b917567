import HTTPWire
import TestSupport
import Testing

@testable import HTTPServer

/// Limits on connections, each at the limit and one past it.
@Suite struct BoundsTests {
    @Test(arguments: [1, 3])
    func anAddressHasSoManyConnectionsAndNotOneMore(limit: Int) async throws {
        let server = try serve { $0.connectionsPerAddress = limit }
        var clients: [RawClient] = []
        for _ in 0..<limit {
            let client = try RawClient(port: server.port)
            try client.send(get("/"))
            #expect(try client.receive().status == 200)
            clients.append(client)
        }
        let surplus = try RawClient(port: server.port)
        #expect(try surplus.receivesEnd())
        for client in clients {
            try client.send(get("/still"))
            #expect(try client.receive().status == 200)
        }
        clients.removeLast().close()
        // The place is free once the server has seen the end.
        #expect(await eventually { server.connections == limit - 1 })
        let next = try RawClient(port: server.port)
        try next.send(get("/next"))
        #expect(try next.receive().text == "/next")
    }

    @Test func anIPv6NetworkIsOneAddressAndIPv4InsideIPv6IsIPv4() {
        let first: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
        var neighbour = first
        neighbour[15] = 2
        var other = first
        other[7] = 2
        #expect(Network(first) == Network(neighbour))
        #expect(Network(first) != Network(other))
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 1]
        #expect(Network(mapped) == Network([192, 0, 2, 1]))
        #expect(Network(mapped) != Network([192, 0, 2, 2]))
    }

    @Test func aConnectionServesSoManyRequestsAndNotOneMore() throws {
        let server = try serve { $0.requestsPerConnection = 3 }
        let client = try RawClient(port: server.port)
        try client.send((0..<4).map { get("/\($0)") }.joined())
        for number in 0..<3 {
            let answer = try client.receive()
            #expect(answer.text == "/\(number)")
            #expect(answer.field("connection") == (number == 2 ? "close" : nil))
        }
        #expect(try client.receivesEnd())
    }

    @Test(arguments: [(5, true), (4, false)])
    func soManyPipelinedRequestsAreAnsweredInOneGoAndNotOneMore(limit: Int, isInOneGo: Bool) async throws {
        let order = Shelf<String>()
        let gate = Gate()
        let handler = ScriptedHandler { request, exchange in
            if request.head.path == "/gate" { gate.pass() }
            order.put(request.head.path)
            exchange.respond(echo(request))
        }
        let server = try serve(handler) { $0.pipelinedRequests = limit }
        let holding = try RawClient(port: server.port), many = try RawClient(port: server.port)
        let one = try RawClient(port: server.port)
        for client in [holding, many, one] {
            try client.send(get("/"))
            _ = try client.receive()
        }
        try holding.send(get("/gate"))
        #expect(await eventually { gate.arrived == 1 })
        // The loop is held: what comes meanwhile is all there when it goes on.
        try many.send((1...5).map { get("/many/\($0)") }.joined())
        try one.send(get("/one"))
        gate.open()
        for number in 1...5 { #expect(try many.receive().text == "/many/\(number)") }
        #expect(try one.receive().text == "/one")
        let seen = order.takeAll()
        let last = try #require(seen.firstIndex(of: "/many/5")), other = try #require(seen.firstIndex(of: "/one"))
        #expect((last < other) == isInOneGo, "\(seen)")
    }

    @Test func theHandlerHasOneRequestOfAConnectionAtATime() async throws {
        let waiting = Shelf<Exchange>()
        let server = try serve(ScriptedHandler { _, exchange in waiting.put(exchange) })
        let client = try RawClient(port: server.port)
        try client.send(get("/") + get("/") + get("/"))
        for number in 0..<3 {
            #expect(await waiting.holds(1))
            let exchanges = waiting.takeAll()
            #expect(exchanges.count == 1)
            exchanges.first?.respond(text("\(number)"))
            #expect(try client.receive().text == "\(number)")
        }
    }

    @Test func whenThereIsNoRoomTheLongestIdleConnectionGivesWay() async throws {
        let clock = ManualClock()
        let server = try serve(clock: clock) { $0.maximumConnections = 3 }
        var clients: [RawClient] = []
        for _ in 0..<3 {
            let client = try RawClient(port: server.port)
            try client.send(get("/"))
            _ = try client.receive()
            clients.append(client)
            clock.advance(by: .seconds(2))
        }
        // The first is used again: now the second is the one that has been idle for longest.
        try clients[0].send(get("/used"))
        _ = try clients[0].receive()
        let new = try RawClient(port: server.port)
        try new.send(get("/new"))
        #expect(try new.receive().text == "/new")
        #expect(try clients[1].receivesEnd())
        for client in [clients[0], clients[2]] {
            try client.send(get("/kept"))
            #expect(try client.receive().text == "/kept")
        }
    }

    @Test func aConnectionThatIsBusyOrHasOnlyJustComeDoesNotGiveWay() async throws {
        let clock = ManualClock()
        let waiting = Shelf<Exchange>()
        let handler = ScriptedHandler { request, exchange in
            if request.head.path == "/wait" { waiting.put(exchange) } else { exchange.respond(echo(request)) }
        }
        let server = try serve(handler, clock: clock) { $0.maximumConnections = 2 }
        let busy = try RawClient(port: server.port)
        try busy.send(get("/wait"))
        #expect(await waiting.holds(1))
        clock.advance(by: .seconds(20))
        let fresh = try RawClient(port: server.port)
        try fresh.send(get("/"))
        _ = try fresh.receive()
        let new = try RawClient(port: server.port)
        try new.send(get("/new"))
        try fresh.send(get("/"))
        _ = try fresh.receive()
        #expect(!new.hasInput)
        // It has come long ago by then, and the alarm looks again.
        clock.advance(by: .seconds(2))
        server.checkDeadlines()
        #expect(try new.receive().text == "/new")
        waiting.takeAll().first?.respond(text("done"))
        #expect(try busy.receive().text == "done")
    }
}
