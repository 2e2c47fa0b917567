import HTTPTypes
import Testing

@testable import HTTPWire

/// Requests on one connection whose heads are the same octets, or nearly.
@Suite("The same head again")
struct SameHeadTests {
    private static let post = "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nX-A: 1\r\n\r\n"
    private static let chunked = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    /// Each begins like another.
    private static let requests = [
        "\(post)hi", "\(post)PO", "\(chunked)2\r\nhi\r\n0\r\n\r\n",
        "\(chunked)0\r\nX: y\r\n\r\n", "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nX-A: 2\r\n\r\nhi",
        "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nX-A: 1\r\nX-B: 1\r\n\r\nhi", "\r\n\(post)hi",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
    ]

    private func lines(_ text: String, cutInto lengths: [Int] = [], _ manner: Transcript.Manner = .copied) -> [[UInt8]]
    {
        Transcript(of: Array(text.utf8), cutInto: lengths, manner: manner, showing: [.fields, .authority]).lines
    }

    @Test("each request is read as if it were alone, wherever the bytes are cut", arguments: Transcript.Manner.allCases)
    func asIfAlone(manner: Transcript.Manner) {
        for one in Self.requests {
            for other in Self.requests {
                let all = one + one + other + one
                let expected = lines(one) + lines(one) + lines(other) + lines(one)
                #expect(lines(all, manner) == expected, "\(one.debugDescription), \(other.debugDescription)")
                for cut in 0..<all.utf8.count {
                    guard lines(all, cutInto: [cut], manner) != expected else { continue }
                    Issue.record("\(one.debugDescription), \(other.debugDescription) cut at \(cut)")
                }
            }
        }
    }

    private func lines(_ text: String, _ manner: Transcript.Manner) -> [[UInt8]] { lines(text, cutInto: [], manner) }

    @Test("a head that is the same but for its end is refused as ever")
    func otherEnds() {
        for end in ["\r\nX-A : 1\r\n\r\n", "\r\n X-A: 1\r\n\r\n", "\nX-A: 1\r\n\r\n", "\r\nHost: a\r\n\r\n"] {
            let good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
            let bad = "GET / HTTP/1.1\r\nHost: a" + end
            #expect(lines(good + good + bad) == lines(good) + lines(good) + lines(bad), "\(end.debugDescription)")
        }
    }

    private final class Note: Sendable {}

    @Test("what was concluded from a head is there with the next that is the same, and with no other")
    func conclusions() throws {
        var connection = Connection()
        func next(_ text: String) throws -> RequestHead? {
            let bytes = Array(text.utf8)
            connection.receive(bytes.span.bytes)
            var found: RequestHead?
            while true {
                switch try connection.next() {
                case .head(let head): found = head
                case .body: break
                case .end:
                    connection.startNextRequest()
                    return found
                case .needMore, .closed: return nil
                }
            }
        }
        let note = Note()
        let (same, other) = (Self.requests[0], Self.requests[4])
        try next(same)?.keep(note)
        #expect(try next(same)?.conclusions === note)
        #expect(try next(other).map { $0.conclusions == nil } == true)
        #expect(try next(same).map { $0.conclusions == nil } == true)
    }

    @Test("a head that somebody still holds stays as it was")
    func heldHeads() throws {
        var connection = Connection()
        var heads: [RequestHead] = []
        for request in [
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /2 HTTP/1.1\r\nHost: b\r\n\r\n",
        ] {
            let bytes = Array(request.utf8)
            connection.receive(bytes.span.bytes)
            guard case .head(let head) = try connection.next() else { continue }
            heads.append(head)
            connection.startNextRequest()
        }
        #expect(heads.map(\.path) == ["/1", "/1", "/2"])
        #expect(heads.map(\.authority) == ["a", "a", "b"])
    }
}
