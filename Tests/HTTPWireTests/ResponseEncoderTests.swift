import HTTPTypes
import HTTPWire
import TestSupport
import Testing

@Suite("Response encoder")
struct ResponseEncoderTests {
    private func encode(
        _ status: HTTPResponse.Status = .ok,
        _ fields: [HTTPField] = [],
        body: ResponseEncoder.Body = .length(2),
        to request: (method: HTTPRequest.Method, minorVersion: Int)? = (.get, 1),
        closing: Bool = false,
        date: String = ""
    ) -> (text: String, next: ResponseEncoder.Continuation) {
        var output: [UInt8] = []
        let next = ResponseEncoder.appendHead(
            status: status,
            fields: fields,
            body: body,
            to: request.map { ResponseEncoder.Asked(isHead: $0.method == .head, minorVersion: $0.minorVersion) },
            closing: closing,
            date: dated(Array(date.utf8)),
            into: &output
        )
        return (String(decoding: output, as: UTF8.self), next)
    }

    /// None for no octets.
    private func dated(_ value: [UInt8]) -> FieldLines {
        var line = FieldLines()
        if !value.isEmpty {
            line.append("Date", atMost: value.count) { line in for octet in value { line.append(octet) } }
        }
        return line
    }

    @Test("a plain head has status line, date, fields and length, in this order")
    func plain() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        let (text, next) = encode(.ok, [HTTPField(name: .contentType, value: "a/b")], body: .length(120), date: date)
        #expect(text == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nContent-Type: a/b\r\nContent-Length: 120\r\n\r\n")
        #expect(next.body == .plain)
        #expect(!next.closes)
    }

    @Test("it is appended to what the output already holds")
    func appends() {
        var output = Array("before".utf8)
        _ = ResponseEncoder.appendHead(
            status: .ok,
            fields: [],
            body: .length(0),
            to: nil,
            closing: true,
            date: FieldLines(),
            into: &output
        )
        let expected = "beforeHTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    @Test("lengths are written in full", arguments: [0, 1, 9, 10, 99, 100, 65536, Int.max])
    func lengths(count: Int) {
        #expect(encode(body: .length(count)).text == "HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n")
    }

    @Test("a HEAD answer tells the length of the body that it does not send")
    func head() {
        let (text, next) = encode(body: .length(5), to: (.head, 1))
        #expect(text == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        #expect(next.body == .omitted)
        #expect(!next.closes)
    }

    @Test("204, 304 and 1xx have neither body nor length", arguments: [204, 304, 103])
    func noContent(code: Int) {
        for body in [ResponseEncoder.Body.length(5), .streamed] {
            let (text, next) = encode(HTTPResponse.Status(code: code, reasonPhrase: "X"), body: body)
            #expect(text == "HTTP/1.1 \(code) X\r\n\r\n")
            #expect(next.body == .omitted)
            #expect(!next.closes)
        }
    }

    @Test("a streamed body goes in chunks to 1.1 and until the end of the connection to 1.0")
    func streamed() {
        let new = encode(body: .streamed)
        #expect(new.text == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(new.next.body == .chunked)
        #expect(!new.next.closes)
        let old = encode(body: .streamed, to: (.get, 0))
        #expect(old.text == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        #expect(old.next.body == .plain)
        #expect(old.next.closes)
        let head = encode(body: .streamed, to: (.head, 1))
        #expect(head.text == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(head.next.body == .omitted)
        #expect(!head.next.closes)
    }

    @Test("the Connection field says close when it closes, and keep-alive to 1.0 when it stays")
    func connection() {
        #expect(encode(closing: true).text == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
        #expect(encode(closing: true).next.closes)
        let old = encode(to: (.get, 0))
        #expect(old.text == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n")
        #expect(!old.next.closes)
    }

    @Test("framing fields given by the caller are left out, whatever their case")
    func reservedFields() throws {
        var fields: [HTTPField] = []
        for name in ["content-length", "Transfer-Encoding", "CONNECTION", "Date"] {
            fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: "7"))
        }
        #expect(encode(.ok, fields).text == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
    }

    @Test("no octet of a value can end a line", arguments: 0...255 as ClosedRange<UInt8>)
    func injection(octet: UInt8) throws {
        for field in [
            HTTPField(name: .location, value: [0x61, octet, 0x62]),
            HTTPField(name: .location, lenientValue: [0x61, octet, 0x62]),
        ] {
            var output: [UInt8] = []
            _ = ResponseEncoder.appendHead(
                status: .ok,
                fields: [field],
                body: .length(2),
                to: nil,
                closing: false,
                date: dated([0x61, octet, 0x62]),
                into: &output
            )
            let lines = output.split(separator: 0x0A, omittingEmptySubsequences: false)
            #expect(lines.count == 6)
            #expect(lines.dropLast().allSatisfy { $0.last == 0x0D && !$0.dropLast().contains(0x0D) })
            #expect(!output.contains(0))
        }
    }

    @Test("neither a reason phrase nor a field can bring a field of its own")
    func splitting() {
        let status = HTTPResponse.Status(code: 200, reasonPhrase: "OK\r\nSet-Cookie: a=b")
        #expect(!encode(status).text.contains("\nSet-Cookie"))
        let field = HTTPField(name: .location, value: "/\r\nSet-Cookie: a=b\r\n\r\n<html>")
        #expect(!encode(.ok, [field]).text.contains("\nSet-Cookie"))
        #expect(encode(.ok, [field]).text.hasSuffix("\r\nContent-Length: 2\r\n\r\n"))
    }

    @Test("a status code outside three digits cannot break the status line", arguments: [0, 7, 99, 999])
    func statusCodes(code: Int) {
        let text = encode(HTTPResponse.Status(code: code)).text
        #expect(text.utf8.prefix { $0 != 0x0D }.count == "HTTP/1.1 200 ".utf8.count)
    }

    @Test("the interim answer is a head of its own")
    func interim() {
        #expect(String(decoding: ResponseEncoder.continueBytes, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test("chunks are what the reader reads", arguments: [1, 9, 10, 15, 16, 17, 255, 256, 4095, 65536])
    func chunks(size: Int) {
        var random = SeededRandom(seed: UInt64(size))
        let data = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        var bytes = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        ChunkEncoder.append(data, into: &bytes)
        ChunkEncoder.append([], into: &bytes)
        ChunkEncoder.append(data.prefix(1), into: &bytes)
        bytes += ChunkEncoder.last
        let transcript = Transcript(of: bytes, cutInto: [])
        #expect(transcript.lines.last == Array("body ".utf8) + data + data.prefix(1))
    }

    @Test("a chunk's size is hexadecimal without zeros before it")
    func chunkHead() {
        var output: [UInt8] = []
        for size in [1, 16, 255, 4096, Int.max, 0] { ChunkEncoder.appendHead(size: size, into: &output) }
        #expect(String(decoding: output, as: UTF8.self) == "1\r\n10\r\nff\r\n1000\r\n7fffffffffffffff\r\n")
    }
}
