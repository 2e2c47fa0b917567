import HTTPTypes
import Testing

@testable import HTTPWire

@Suite("Connection")
struct ConnectionTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("the phase follows the request, for the time limits")
    func phases() throws {
        var connection = Connection()
        #expect(connection.phase == .idle)
        connection.receive(text: "\r\n")
        #expect(try connection.next().name == "needMore")
        #expect(connection.phase == .idle)
        connection.receive(text: "P")
        #expect(connection.phase == .head)
        connection.receive(text: "OST / HTTP/1.1\r\nHost: a\r\n")
        #expect(try connection.next().name == "needMore")
        #expect(connection.phase == .head)
        connection.receive(text: "Content-Length: 2\r\n\r\nh")
        #expect(try connection.next().name == "head")
        #expect(connection.phase == .body)
        #expect(try connection.next().name == "body")
        #expect(try connection.next().name == "needMore")
        #expect(connection.phase == .body)
        connection.receive(text: "i")
        #expect(try connection.next().name == "body")
        #expect(connection.phase == .complete)
        #expect(try connection.next().name == "end")
        #expect(try connection.next().name == "end")
        connection.startNextRequest()
        #expect(connection.phase == .idle)
        connection.receiveEnd()
        #expect(try connection.next().name == "closed")
        #expect(connection.phase == .closed)
    }

    @Test("a pipelined request is not looked at before the first is answered")
    func pipelinedWaits() throws {
        var connection = Connection()
        connection.receive(text: Self.get + "nonsense\r\n")
        #expect(try connection.next().name == "head")
        #expect(try connection.next().name == "end")
        #expect(try connection.next().name == "end")
        connection.startNextRequest()
        #expect(throws: WireError.self) { try connection.next() }
    }

    @Test("going on before a body's end closes, since its rest would be taken for a request")
    func startingTooEarly() throws {
        var connection = Connection()
        connection.receive(text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n")
        #expect(try connection.next().name == "head")
        connection.startNextRequest()
        connection.receive(text: Self.get)
        #expect(try connection.next().name == "closed")
    }

    @Test("after an error everything is dropped and no memory is held")
    func deadAfterError() throws {
        var connection = Connection()
        connection.receive(text: "GET /\r\n" + Self.get)
        #expect(throws: WireError(.missingVersion, offset: 5)) { try connection.next() }
        connection.receive(text: Self.get)
        #expect(connection.withSpareCapacity(atLeast: 4) { $0.count } >= 4)
        #expect(connection.unreadCount == 0)
        #expect(try connection.next().name == "closed")
        connection.startNextRequest()
        #expect(try connection.next().name == "closed")
    }

    @Test("a body that was not read straight is offered so only when nothing waits")
    func directBody() throws {
        var connection = Connection()
        connection.receive(text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
        #expect(connection.directBodyCapacity == 0)
        #expect(try connection.next().name == "head")
        #expect(connection.directBodyCapacity == 0)
        #expect(try connection.next().name == "body")
        #expect(connection.directBodyCapacity == 3)
        connection.didReadDirectly(2)
        #expect(connection.directBodyCapacity == 1)
        connection.didReadDirectly(1)
        #expect(try connection.next().name == "end")
        #expect(connection.directBodyCapacity == 0)
    }

    @Test("reading more than a body straight closes")
    func directTooMuch() throws {
        var connection = Connection()
        connection.receive(text: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
        #expect(try connection.next().name == "head")
        connection.didReadDirectly(6)
        #expect(try connection.next().name == "closed")
    }

    @Test("whether a body has begun to arrive can be seen after the head")
    func unreadBody() throws {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        var connection = Connection()
        connection.receive(text: head)
        #expect(try connection.next().name == "head")
        #expect(connection.unreadCount == 0)
        var hasty = Connection()
        hasty.receive(text: head + "h")
        #expect(try hasty.next().name == "head")
        #expect(hasty.unreadCount == 1)
    }

    @Test("fields are found by name without case, first and all")
    func fields() throws {
        var connection = Connection()
        connection.receive(text: "GET / HTTP/1.1\r\nHost: a\r\nACCEPT: x\r\naccept: y, z\r\nX-Request-Id: 7\r\n\r\n")
        guard case .head(let head) = try connection.next() else { return #expect(Bool(false)) }
        #expect(head.fields.count == 4)
        #expect(head.fields.first(named: .accept) == "x")
        #expect(head.fields.all(named: .accept) == ["x", "y, z"])
        #expect(head.fields.first(named: .contentType) == nil)
        #expect(head.fields.all(named: .contentType).isEmpty)
        #expect(try head.fields.first(named: #require(HTTPField.Name("x-rEQUEST-iD"))) == "7")
        #expect(head.authority == "a")
    }

    @Test("a head that somebody keeps is not written over by the next request")
    func keptHeadsStay() throws {
        var connection = Connection()
        var heads: [RequestHead] = []
        for index in 0..<3 {
            connection.receive(text: "GET /\(index) HTTP/1.1\r\nHost: host\(index)\r\n\r\n")
            guard case .head(let head) = try connection.next() else { return #expect(Bool(false)) }
            heads.append(head)
            #expect(try connection.next().name == "end")
            connection.startNextRequest()
        }
        #expect(heads.map(\.path) == ["/0", "/1", "/2"])
        #expect(heads.map(\.authority) == ["host0", "host1", "host2"])
    }

    @Test("an idle connection that gave its memory back reads on; one that is reading keeps it")
    func releasing() throws {
        var connection = Connection()
        connection.releaseMemory()
        for _ in 0..<2 {
            connection.receive(text: "GET / HTTP/1.1\r\n")
            #expect(try connection.next().name == "needMore")
            connection.releaseMemory()
            connection.receive(text: "Host: a\r\n\r\n")
            #expect(try connection.next().name == "head")
            #expect(try connection.next().name == "end")
            connection.startNextRequest()
            connection.releaseMemory()
        }
    }

    @Test("the work on received bytes stays in proportion to them, octet by octet too")
    func linearWork() throws {
        var limits = Limits()
        limits.requestLine = 1 << 20
        for count in [1 << 8, 1 << 11, 1 << 14] {
            let request = Array(("GET /" + String(repeating: "a", count: count) + " HTTP/1.1\r\nHost: a\r\n\r\n").utf8)
            var connection = Connection(limits: limits)
            for octet in request {
                connection.receive([octet].span.bytes)
                if try connection.next().name == "head" { break }
            }
            #expect(connection.work <= 3 * request.count, "\(count)")
        }
    }

    @Test("many pipelined requests in one piece are not moved about for each")
    func linearPipelining() throws {
        var connection = Connection()
        let count = 2000
        let request = Array(String(repeating: Self.get, count: count).utf8)
        connection.receive(request.span.bytes)
        for _ in 0..<count {
            #expect(try connection.next().name == "head")
            #expect(try connection.next().name == "end")
            connection.startNextRequest()
        }
        #expect(connection.phase == .idle)
        #expect(connection.work <= 2 * request.count)
    }
}

extension Connection {
    fileprivate mutating func receive(text: String) {
        receive(Array(text.utf8).span.bytes)
    }
}

extension Event {
    fileprivate var name: String {
        switch self {
        case .needMore: "needMore"
        case .head: "head"
        case .body: "body"
        case .end: "end"
        case .closed: "closed"
        }
    }
}
