import HTTPTypes
import HTTPWire
import Testing

@Suite("Field lines") struct FieldLinesTests {
    @Test("what is put in can be read again")
    func reading() throws {
        let name = try #require(HTTPField.Name("X-Name"))
        var lines = FieldLines([HTTPField(name: .contentType, value: "a/b"), HTTPField(name: .vary, value: "Accept")])
        lines.append("X-Name", "of: it")
        #expect(
            lines.fields == [
                HTTPField(name: .contentType, value: "a/b"), HTTPField(name: .vary, value: "Accept"),
                HTTPField(name: name, value: "of: it"),
            ]
        )
        var copy = FieldLines()
        copy.append(lines, capacity: 1000)
        #expect(copy == lines)
        #expect(copy.capacity >= 1000)
        copy.removeAll()
        #expect(copy.isEmpty)
        #expect(copy.capacity >= 1000)
    }

    @Test("no value can end its line or the head")
    func values() {
        var lines = FieldLines()
        lines.append("X-Name", "a\r\nSet-Cookie: b\0")
        var octets: [UInt8] = []
        _ = ResponseEncoder.appendHead(
            status: .ok,
            lines: lines,
            fields: [],
            body: .length(0),
            to: nil,
            closing: false,
            date: FieldLines(),
            into: &octets
        )
        let text = String(decoding: octets, as: UTF8.self)
        #expect(text == "HTTP/1.1 200 OK\r\nX-Name: a  Set-Cookie: b \r\nContent-Length: 0\r\n\r\n")
    }

    @Test("the fields that the encoder alone writes are left out")
    func reserved() {
        let lines = FieldLines([
            HTTPField(name: .contentLength, value: "7"), HTTPField(name: .connection, value: "close"),
            HTTPField(name: .transferEncoding, value: "chunked"), HTTPField(name: .date, value: "now"),
        ])
        #expect(lines.isEmpty)
    }
}
