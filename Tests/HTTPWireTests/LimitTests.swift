import HTTPWire
import Testing

/// Each limit of the protocol: what lies at it passes, one past it does not, and neither depends on how bytes arrive.
@Suite("Limits")
struct LimitTests {
    private static let end = "Host: a\r\n\r\n"
    private static let chunkedHead = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func outcome(_ request: String, _ limits: Limits, bodyLimit: Int? = nil) -> String {
        let bytes = Array(request.utf8)
        let whole = Transcript(of: bytes, cutInto: [], limits: limits, bodyLimit: bodyLimit)
        for manner in Transcript.Manner.allCases {
            let slow = Transcript(
                of: bytes,
                cutInto: repeatElement(1, count: bytes.count),
                manner: manner,
                limits: limits,
                bodyLimit: bodyLimit
            )
            #expect(slow.text == whole.text)
        }
        return whole.lines.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    @Test("a request line may be as long as its limit, without its line end")
    func requestLine() {
        let limits = limits { $0.requestLine = 20 }
        #expect(outcome("GET /123456 HTTP/1.1\r\n" + Self.end, limits) == "GET /123456 HTTP/1.1")
        #expect(outcome("GET /1234567 HTTP/1.1\r\n" + Self.end, limits) == "414 requestLineTooLong")
    }

    @Test("a request line without end is refused when its limit is passed")
    func endlessRequestLine() {
        let limits = limits { $0.requestLine = 20 }
        #expect(outcome("GET /" + String(repeating: "a", count: 17), limits) == "414 requestLineTooLong")
        #expect(outcome("GET /" + String(repeating: "a", count: 16), limits) == "400 cutShort")
    }

    @Test("what is too long and has no target yet is no request line")
    func endlessMethod() {
        let limits = limits { $0.requestLine = 20 }
        let method = String(repeating: "A", count: 20)
        #expect(outcome("\(method) / HTTP/1.1\r\n" + Self.end, limits) == "400 malformedRequestLine")
        #expect(outcome("\(method.dropLast()) / HTTP/1.1\r\n" + Self.end, limits) == "414 requestLineTooLong")
    }

    @Test("a request line of 16 KiB passes by default")
    func defaultRequestLine() {
        let path = "/" + String(repeating: "a", count: 16 * 1024 - 14)
        #expect(outcome("GET \(path) HTTP/1.1\r\n" + Self.end, Limits()) == "GET \(path) HTTP/1.1")
        #expect(outcome("GET \(path)a HTTP/1.1\r\n" + Self.end, Limits()) == "414 requestLineTooLong")
    }

    @Test("the fields together may be as long as their limit, line ends included and the empty line not")
    func fieldSection() {
        let limits = limits { $0.fieldSection = 16 }
        #expect(outcome("GET / HTTP/1.1\r\nHost: a\r\nB: 12\r\n\r\n", limits) == "GET / HTTP/1.1")
        #expect(outcome("GET / HTTP/1.1\r\nHost: a\r\nB: 123\r\n\r\n", limits) == "431 fieldSectionTooLarge")
        #expect(outcome("GET / HTTP/1.1\r\nHost: a\r\nB: 12\r\nC:\r\n\r\n", limits) == "431 fieldSectionTooLarge")
        #expect(outcome("GET / HTTP/1.1\r\nHost: a\r\nB: 12345678901", limits) == "431 fieldSectionTooLarge")
    }

    @Test("there may be as many fields as their limit")
    func fieldCount() {
        let limits = limits { $0.fieldCount = 3 }
        #expect(outcome("GET / HTTP/1.1\r\nA:\r\nB:\r\n" + Self.end, limits) == "GET / HTTP/1.1")
        #expect(outcome("GET / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\n" + Self.end, limits) == "431 tooManyFields")
    }

    @Test("a declared body may be as long as its limit")
    func declaredBody() {
        let limits = limits { $0.body = 5 }
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
        #expect(outcome(head + "5\r\n\r\nhello", limits) == "body hello")
        #expect(outcome(head + "6\r\n\r\nhello!", limits) == "413 bodyTooLarge")
    }

    @Test("a chunked body may be as long as its limit, in however many chunks")
    func chunkedBody() {
        let limits = limits { $0.body = 5 }
        #expect(outcome(Self.chunkedHead + "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", limits) == "body hello")
        #expect(outcome(Self.chunkedHead + "3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n", limits) == "413 bodyTooLarge")
        #expect(outcome(Self.chunkedHead + "6\r\n", limits) == "413 bodyTooLarge")
    }

    @Test("a handler's own body limit holds the same, and cannot raise the connection's")
    func handlersBodyLimit() {
        let limits = limits { $0.body = 6 }
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
        #expect(outcome(head + "5\r\n\r\nhello", limits, bodyLimit: 5) == "body hello")
        #expect(outcome(head + "6\r\n\r\nhello!", limits, bodyLimit: 5) == "413 bodyTooLarge")
        #expect(outcome(head + "7\r\n\r\nhello!!", limits, bodyLimit: 7) == "413 bodyTooLarge")
        #expect(outcome(Self.chunkedHead + "5\r\nhello\r\n0\r\n\r\n", limits, bodyLimit: 5) == "body hello")
        #expect(outcome(Self.chunkedHead + "6\r\nhello!\r\n0\r\n\r\n", limits, bodyLimit: 5) == "413 bodyTooLarge")
        #expect(outcome(Self.chunkedHead + "7\r\nhello!!\r\n0\r\n\r\n", limits, bodyLimit: 7) == "413 bodyTooLarge")
    }

    @Test("one request's body limit does not reach the next")
    func bodyLimitIsForOneRequest() throws {
        var connection = Connection(limits: limits { $0.body = 6 })
        let request = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello".utf8)
        connection.receive((request + request).span.bytes)
        guard case .head = try connection.next() else { return #expect(Bool(false)) }
        try connection.limitBody(to: 5)
        guard case .body = try connection.next(), case .end = try connection.next() else {
            return #expect(Bool(false))
        }
        connection.startNextRequest()
        guard case .head = try connection.next(), case .body = try connection.next() else {
            return #expect(Bool(false))
        }
    }

    @Test("a chunk's size line may be as long as its limit, without its line end")
    func chunkLine() {
        let limits = limits { $0.chunkLine = 8 }
        #expect(outcome(Self.chunkedHead + "2;abcdef\r\nhi\r\n0\r\n\r\n", limits) == "body hi")
        #expect(outcome(Self.chunkedHead + "2;abcdefg\r\nhi\r\n0\r\n\r\n", limits) == "400 chunkLineTooLong")
        #expect(outcome(Self.chunkedHead + "2;abcdefghi", limits) == "400 chunkLineTooLong")
    }

    @Test("the chunk extensions of a message together may be as long as their limit")
    func chunkExtensions() {
        let limits = limits { $0.chunkExtensions = 4 }
        #expect(outcome(Self.chunkedHead + "1;a\r\nh\r\n1;b\r\ni\r\n0\r\n\r\n", limits) == "body hi")
        #expect(
            outcome(Self.chunkedHead + "1;a\r\nh\r\n1;bc\r\ni\r\n0\r\n\r\n", limits) == "400 chunkExtensionsTooLarge"
        )
        #expect(
            outcome(Self.chunkedHead + "1;a\r\nh\r\n1;b\r\ni\r\n0;c\r\n\r\n", limits) == "400 chunkExtensionsTooLarge"
        )
    }

    @Test("the trailers together may be as long as their limit, and as many as fields")
    func trailers() {
        let small = limits { $0.trailerSection = 12 }
        let head = Self.chunkedHead + "2\r\nhi\r\n0\r\n"
        #expect(outcome(head + "A: 1\r\nB: 2\r\n\r\n", small) == "body hi")
        #expect(outcome(head + "A: 1\r\nB: 23\r\n\r\n", small) == "431 trailerSectionTooLarge")
        #expect(outcome(head + "A: 1\r\nB: 2\r\nC:\r\n\r\n", small) == "431 trailerSectionTooLarge")
        let few = limits { $0.fieldCount = 2 }
        #expect(outcome(head + "A:\r\nB:\r\n\r\n", few) == "body hi")
        #expect(outcome(head + "A:\r\nB:\r\nC:\r\n\r\n", few) == "431 tooManyTrailers")
    }

    @Test("empty lines before a request may be as many as their limit")
    func emptyLines() {
        let limits = limits { $0.leadingEmptyLines = 1 }
        let request = "GET / HTTP/1.1\r\n" + Self.end
        #expect(outcome("\r\n" + request, limits) == "GET / HTTP/1.1")
        #expect(outcome("\r\n\r\n" + request, limits) == "400 tooManyEmptyLines")
    }

    @Test("limits of zero refuse and nothing traps")
    func zeroes() {
        let limits = limits {
            $0.requestLine = 0
            $0.fieldSection = 0
            $0.fieldCount = 0
            $0.body = 0
            $0.chunkLine = 0
            $0.chunkExtensions = 0
            $0.trailerSection = 0
            $0.leadingEmptyLines = 0
        }
        #expect(outcome("GET / HTTP/1.1\r\n" + Self.end, limits) == "400 malformedRequestLine")
        var next = limits
        next.requestLine = 100
        #expect(outcome("GET / HTTP/1.1\r\n" + Self.end, next) == "431 fieldSectionTooLarge")
        #expect(outcome("GET / HTTP/1.0\r\n\r\n", next) == "GET / HTTP/1.0 close")
    }
}
