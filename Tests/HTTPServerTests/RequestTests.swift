import Dispatch
import HTTPServer
import HTTPTypes
import HTTPWire
import TestSupport
import Testing

@Suite struct RequestTests {
    @Test func aConnectionServesOneRequestAfterAnother() throws {
        let server = try serve()
        let client = try RawClient(port: server.port)
        for index in 0..<5 {
            try client.send(post("/\(index)", "body \(index)"))
            let answer = try client.receive()
            #expect(answer.status == 200)
            #expect(answer.text == "/\(index)=body \(index)")
            #expect(answer.field("connection") == nil)
            #expect(answer.field("date")?.hasSuffix(" GMT") == true)
        }
    }

    @Test(arguments: [
        (get("/", "Connection: close"), "close"),
        ("GET / HTTP/1.0\r\n\r\n", "close"),
    ])
    func theConnectionEndsWhereTheClientWishesIt(request: String, connection: String) throws {
        let server = try serve()
        let client = try RawClient(port: server.port)
        try client.send(request)
        #expect(try client.receive().field("connection") == connection)
        #expect(try client.receivesEnd())
    }

    @Test func anOldClientMayKeepItsConnection() throws {
        let server = try serve()
        let client = try RawClient(port: server.port)
        for _ in 0..<2 {
            try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try client.receive().field("connection") == "keep-alive")
        }
    }

    @Test func theLastRequestOfAConnectionSaysSo() throws {
        let server = try serve { $0.requestsPerConnection = 2 }
        let client = try RawClient(port: server.port)
        try client.send(get("/1") + get("/2") + get("/3"))
        #expect(try client.receive().field("connection") == nil)
        #expect(try client.receive().field("connection") == "close")
        #expect(try client.receivesEnd())
    }

    @Test func aRequestMayComeOctetByOctet() throws {
        let server = try serve()
        let client = try RawClient(port: server.port)
        for octet in post("/slow", "body").utf8 { try client.send([octet]) }
        #expect(try client.receive().text == "/slow=body")
    }

    @Test func pipelinedRequestsAreAnsweredInOrderWhoeverAnswers() throws {
        let queues = (0..<4).map { DispatchQueue(label: "answers.\($0)") }
        var random = SeededRandom(seed: 7)
        let choice = (0..<300).map { _ in Int.random(in: -1..<queues.count, using: &random) }
        let server = try serve(
            ScriptedHandler { request, exchange in
                let index = Int(request.head.path.dropFirst()) ?? 0
                // Some on the loop itself, the others on four threads.
                if choice[index] < 0 { return exchange.respond(echo(request)) }
                queues[choice[index]].async { exchange.respond(echo(request)) }
            }
        )
        let client = try RawClient(port: server.port)
        try client.send((0..<300).map { get("/\($0)") }.joined())
        for index in 0..<300 { #expect(try client.receive().text == "/\(index)") }
    }

    @Test func aLongPipelineIsAnsweredWhole() throws {
        let server = try serve { $0.requestsPerConnection = .max }
        let client = try RawClient(port: server.port)
        let count = 5000
        // Sent from another thread, as nobody would read the answers otherwise.
        let requests = Array((0..<count).map { get("/\($0)") }.joined().utf8)
        let sent = DispatchSemaphore(value: 0)
        DispatchQueue(label: "sender").async {
            try? client.send(requests)
            sent.signal()
        }
        for index in 0..<count { #expect(try client.receive().text == "/\(index)") }
        sent.wait()
    }

    @Test func connectionsDoNotWaitForEachOther() async throws {
        let waiting = Shelf<Exchange>()
        let server = try serve(ScriptedHandler { _, exchange in waiting.put(exchange) })
        let clients = try (0..<3).map { _ in try RawClient(port: server.port) }
        for (index, client) in clients.enumerated() {
            try client.send(get("/"))
            #expect(await waiting.holds(index + 1))
        }
        for (index, exchange) in waiting.takeAll().enumerated().reversed() {
            exchange.respond(text("\(index)"))
            #expect(try clients[index].receive().text == "\(index)")
        }
    }

    @Test func aHeadRequestIsAnsweredWithoutABody() throws {
        let server = try serve()
        let client = try RawClient(port: server.port)
        try client.send("HEAD /four HTTP/1.1\r\nHost: test\r\n\r\n" + get("/next"))
        #expect(try client.receive(isHead: true).field("content-length") == "5")
        #expect(try client.receive().text == "/next")
    }

    @Test func fiftyMegabytesGoInAndComeOutUnharmed() throws {
        let server = try serve(
            ScriptedHandler { request, exchange in exchange.respond(Response(status: .ok, body: request.body)) }
        )
        let octets = randomOctets(50_000_000, seed: 50)
        let port = server.port
        for head in ["Content-Length: 50000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"] {
            let client = try RawClient(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: test\r\n" + head)
            if head.hasPrefix("C") {
                try client.send(octets)
            } else {
                for start in stride(from: 0, to: octets.count, by: 1_000_000) {
                    try client.send("f4240\r\n")
                    try client.send(Array(octets[start..<start + 1_000_000]))
                    try client.send("\r\n")
                }
                try client.send("0\r\n\r\n")
            }
            let answer = try client.receive()
            #expect(answer.body == octets)
        }
    }

    @Test func theHandlerLearnsWhoAsks() throws {
        let server = try serve(ScriptedHandler { request, exchange in exchange.respond(text(request.peer)) })
        let client = try RawClient(port: server.port)
        try client.send(get("/"))
        #expect(try client.receive().text == "127.0.0.1")
    }

    @Test func severalLoopsShareTheConnections() throws {
        let server = try serve { $0.loops = 3 }
        let clients = try (0..<9).map { _ in try RawClient(port: server.port) }
        for (index, client) in clients.enumerated() { try client.send(get("/\(index)")) }
        for (index, client) in clients.enumerated() { #expect(try client.receive().text == "/\(index)") }
    }

    @Test func nothingIsReadAfterAnError() throws {
        let handled = Shelf<String>()
        let server = try serve(
            ScriptedHandler { request, exchange in
                handled.put(request.head.path)
                exchange.respond(echo(request))
            }
        )
        let client = try RawClient(port: server.port)
        try client.send(get("/good") + "GET /bad HTTP/1.1\r\nHost : test\r\n\r\n" + get("/never"))
        #expect(try client.receive().text == "/good")
        let answer = try client.receive()
        #expect(answer.status == 400)
        #expect(answer.field("connection") == "close")
        #expect(try client.receivesEnd())
        #expect(handled.takeAll() == ["/good"])
    }
}
