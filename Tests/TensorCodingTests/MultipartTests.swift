import TensorCoding
import Testing

@Suite struct MultipartTests {
    private func parts(_ text: String, boundary: String = "b") -> Result<[String: String], CodingError> {
        let body = Array(text.utf8)
        return outcome { () throws(CodingError) in
            let parts = try MultipartForm.parts(body.span.bytes, boundary: boundary)
            return Dictionary(parts.map { ($0.name, String(decoding: body[$0.range], as: UTF8.self)) }) { $1 }
        }
    }

    private static let head = "Content-Disposition: form-data; name="

    @Test func partsAreWhatStandsBetweenBoundaries() throws {
        let text =
            "--b\r\n\(Self.head)\"model\"\r\n\r\n{}\r\n--b\r\nContent-Type: a/b\r\n\(Self.head)weights; filename=\"w;x\"\r\n\r\n"
            + "\r\n--\r\n-b\r\n--a\r\n\r\n--b--\r\n"
        #expect(try parts(text).get() == ["model": "{}", "weights": "\r\n--\r\n-b\r\n--a\r\n"])
        #expect(try parts("--b\r\n\(Self.head)\"e\"\r\n\r\n\r\n--b--").get() == ["e": ""])
        #expect(try parts("--b--").get() == [:])
    }

    @Test(
        arguments: [
            ("", FileFault.magic), ("preamble\r\n--b--", .magic),
            ("--bb--", .header(expected: "a line break after the boundary")),
            ("--b\r\n\(head)\"m\"\r\n\r\nabc", .unterminated(name: "m")),
            ("--b\r\n\(head)\"m\"\r\n\r\nabc\r\n--b", .header(expected: "a line break after the boundary")),
            ("--b\r\n\(head)\"m\"\r\n\r\n\r\n--b\r\n\(head)\"m\"\r\n\r\n\r\n--b--", .duplicate("m")),
            ("--b--\r\nmore", .surplus(6)),
            ("--b\r\n\r\nabc\r\n--b--", .header(expected: "Content-Disposition: form-data; name=\"…\"")),
            (
                "--b\r\nContent-Disposition: attachment; name=\"m\"\r\n\r\n\r\n--b--",
                .header(expected: "Content-Disposition: form-data; name=\"…\"")
            ),
            (
                "--b\r\n\(head)\"m\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\n--b--",
                .header(expected: "a part that is not encoded")
            ),
            (
                "--b\r\n\(head)\"m\"\r\nX: " + String(repeating: "x", count: 5000) + "\r\n\r\n\r\n--b--",
                .header(expected: "lines that end, in at most 4096 octets")
            ),
        ] as [(String, FileFault)]
    )
    func aFormThatIsNoneSaysWhere(text: String, fault: FileFault) {
        let error = parts(text).error
        #expect(error?.reason == .file(.multipart, fault))
        #expect((0...text.utf8.count).contains(error?.place?.offset ?? -1))
    }

    @Test(arguments: ["", "a b", "\"", "é", String(repeating: "x", count: 71)])
    func aBoundaryIsOneOfItsGrammar(boundary: String) {
        let error = parts("--\(boundary)--", boundary: boundary).error
        #expect(error?.reason == .file(.multipart, .header(expected: "a boundary of 1 to 70 characters of RFC 2046")))
    }

    @Test func partsAreFew() {
        let text = (0...16).map { "--b\r\n\(Self.head)\"\($0)\"\r\n\r\n\r\n" }.joined() + "--b--"
        #expect(parts(text).error?.reason == .tooMany(of: "parts", limit: 16))
    }
}
