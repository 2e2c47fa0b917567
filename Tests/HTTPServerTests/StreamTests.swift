import Dispatch
import HTTPServer
import HTTPTypes
import HTTPWire
import Synchronization
import TestSupport
import Testing

/// Bodies that are made while they are sent.
@Suite struct StreamTests {
    @Test("whole, and the connection goes on", arguments: [false, true], [1, 100, 30_000, 200_000])
    func arrivesWhole(isCounted: Bool, size: Int) async throws {
        let server = try serve(streaming(pieces: 20, size: size, isCounted: isCounted))
        let client = try RawClient(port: server.port)
        try client.send(get("/") + get("/again"))
        for _ in 0..<2 {
            let answer = try client.receive()
            #expect(answer.field("content-length") == (isCounted ? "\(20 * size)" : nil))
            #expect(answer.field("transfer-encoding") == (isCounted ? nil : "chunked"))
            #expect(answer.body == Numbered.body(pieces: 20, size: size))
        }
    }

    @Test("an empty body and empty pieces are framed right", arguments: [false, true])
    func empty(isCounted: Bool) throws {
        let server = try serve(streaming(pieces: 3, size: 0, isCounted: isCounted))
        let client = try RawClient(port: server.port)
        try client.send(get("/") + get("/"))
        for _ in 0..<2 { #expect(try client.receive().body.isEmpty) }
    }

    @Test("HTTP/1.0 knows no chunks: the connection ends the body")
    func oldProtocol() throws {
        let server = try serve(streaming(pieces: 9, size: 50_000, isCounted: false))
        let client = try RawClient(port: server.port)
        try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let answer = try client.receive()
        #expect(answer.field("transfer-encoding") == nil)
        #expect(answer.field("connection") == "close")
        #expect(answer.body == Numbered.body(pieces: 9, size: 50_000))
    }

    @Test("HEAD has no body, and none is made on")
    func head() async throws {
        let makers = Shelf<Numbered>()
        let server = try serve(streaming(pieces: 1000, size: 100_000, isCounted: true, makers))
        let client = try RawClient(port: server.port)
        try client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n" + get("/"))
        let answer = try client.receive(isHead: true)
        #expect(answer.field("content-length") == "100000000")
        let maker = try #require(makers.takeAll().first)
        #expect(await eventually { maker.isAbandoned })
        client.close()
    }

    @Test("what is made keeps to what the client reads")
    func backPressure() async throws {
        let makers = Shelf<Numbered>()
        let server = try serve(streaming(pieces: 300, size: 100_000, isCounted: false, makers))
        let client = try RawClient(port: server.port, receiveBuffer: 64 * 1024)
        try client.send(get("/"))
        try client.waitForInput()
        let maker = try #require(makers.takeAll().first)
        // It pauses for good: the kernel's buffers take a few megabytes, and the server less than one.
        #expect(await eventually { !maker.isMaking })
        #expect(maker.made < 150)
        #expect(try client.receive().body == Numbered.body(pieces: 300, size: 100_000))
        #expect(!maker.isAbandoned)
    }

    @Test("a client that goes away ends the making")
    func clientGoes() async throws {
        let makers = Shelf<Numbered>()
        let server = try serve(streaming(pieces: 10_000, size: 100_000, isCounted: true, makers))
        let client = try RawClient(port: server.port, receiveBuffer: 64 * 1024)
        try client.send(get("/"))
        try client.waitForInput()
        client.reset()
        let maker = try #require(makers.takeAll().first)
        #expect(await eventually { maker.isAbandoned })
        #expect(await eventually { server.connections == 0 })
    }

    @Test(
        "a body that cannot be made to its end is cut, so that no client takes it for whole",
        arguments: [false, true]
    )
    func failure(isCounted: Bool) throws {
        let server = try serve(streaming(pieces: 8, size: 100_000, isCounted: isCounted, failsAt: 5))
        let client = try RawClient(port: server.port)
        try client.send(get("/") + get("/"))
        #expect(throws: RawClient.Failure.self) { try client.receive() }
    }

    @Test("a body of another length than announced is cut", arguments: [-1, 1])
    func wrongCount(surplus: Int) throws {
        let server = try serve(streaming(pieces: 8, size: 100_000, isCounted: true, surplus: surplus))
        let client = try RawClient(port: server.port)
        try client.send(get("/") + get("/"))
        #expect(throws: RawClient.Failure.self) { try client.receive() }
    }

    @Test("a client that takes nothing for long is cut")
    func writingTimeLimit() async throws {
        let makers = Shelf<Numbered>()
        let clock = ManualClock()
        let server = try serve(streaming(pieces: 10_000, size: 100_000, isCounted: false, makers), clock: clock)
        let client = try RawClient(port: server.port, receiveBuffer: 64 * 1024)
        try client.send(get("/"))
        try client.waitForInput()
        let maker = try #require(makers.takeAll().first)
        #expect(await eventually { !maker.isMaking })
        #expect(!maker.isAbandoned)
        #expect(
            await eventually {
                clock.advance(by: .seconds(31))
                server.checkDeadlines()
                return maker.isAbandoned
            }
        )
    }

    @Test("a drain lets a body come to its end and then closes the connection")
    func drain() async throws {
        let makers = Shelf<Numbered>()
        let clock = ManualClock()
        let server = try serve(streaming(pieces: 200, size: 100_000, isCounted: false, makers), clock: clock)
        let client = try RawClient(port: server.port, receiveBuffer: 64 * 1024)
        try client.send(get("/"))
        try client.waitForInput()
        let maker = try #require(makers.takeAll().first)
        #expect(await eventually { !maker.isMaking })
        server.closeAfterAnswers()
        server.drain(within: .seconds(3600))
        #expect(try client.receive().body == Numbered.body(pieces: 200, size: 100_000))
        // Its head promised that the connection stays: it gets its last call like an idle one.
        #expect(
            await eventually {
                clock.advance(by: .seconds(2))
                server.checkDeadlines()
                return server.connections == 0
            }
        )
        #expect(await server.ended() == 0)
    }

    @Test("stopping cuts it")
    func stop() async throws {
        let makers = Shelf<Numbered>()
        let server = try serve(streaming(pieces: 10_000, size: 100_000, isCounted: false, makers))
        let client = try RawClient(port: server.port, receiveBuffer: 64 * 1024)
        try client.send(get("/"))
        try client.waitForInput()
        server.stop()
        #expect(await server.ended() == 1)
        let maker = try #require(makers.takeAll().first)
        #expect(await eventually { maker.isAbandoned })
    }

    @Test("a stream that nobody takes is given up")
    func unclaimed() {
        let maker = Numbered(pieces: 3, size: 10)
        do { _ = BodyStream(count: nil, maker: maker) }
        #expect(maker.isAbandoned)
    }
}

/// Makes pieces of a pattern on a queue of its own, as long as the stream wants them.
final class Numbered: BodyMaker {
    private let pieces: Int
    private let size: Int
    private let failsAt: Int
    private let next = Atomic(0)
    private let making = Atomic(false)
    private let abandonment = Atomic(false)
    private let queue = DispatchQueue(label: "test.maker")

    init(pieces: Int, size: Int, failsAt: Int = .max) {
        self.pieces = pieces
        self.size = size
        self.failsAt = failsAt
    }

    /// How many pieces were put in.
    var made: Int { next.load(ordering: .relaxed) }
    var isMaking: Bool { making.load(ordering: .relaxed) }
    var isAbandoned: Bool { abandonment.load(ordering: .relaxed) }

    func makeMore(for stream: BodyStream) {
        making.store(true, ordering: .relaxed)
        queue.async { [self] in
            while true {
                let index = next.load(ordering: .relaxed)
                guard index != failsAt else { return stream.fail() }
                next.store(index + 1, ordering: .relaxed)
                // A piece that was sent serves again.
                var piece = stream.spare()
                piece += Numbered.piece(index, size: size)
                guard stream.put(piece, isLast: index == pieces - 1) else { break }
            }
            making.store(false, ordering: .relaxed)
        }
    }

    func abandoned() { abandonment.store(true, ordering: .relaxed) }

    static func piece(_ index: Int, size: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: index * 31), count: size)
    }

    static func body(pieces: Int, size: Int) -> [UInt8] {
        (0..<pieces).reduce(into: []) { $0 += piece($1, size: size) }
    }
}

/// Answers everything with a body of numbered pieces.
func streaming(
    pieces: Int,
    size: Int,
    isCounted: Bool,
    failsAt: Int = .max,
    surplus: Int = 0,
    _ makers: Shelf<Numbered>? = nil
) -> ScriptedHandler {
    ScriptedHandler { _, exchange in
        let maker = Numbered(pieces: pieces, size: size, failsAt: failsAt)
        makers?.put(maker)
        let stream = BodyStream(count: isCounted ? pieces * size + surplus : nil, maker: maker)
        maker.makeMore(for: stream)
        exchange.respond(Response(status: .ok, fields: [], stream: stream))
    }
}
