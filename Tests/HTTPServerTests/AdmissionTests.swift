import HTTPServer
import HTTPTypes
import HTTPWire
import TestSupport
import Testing

/// Bodies that are wanted or not.
@Suite struct AdmissionTests {
    private static let refusing = ScriptedHandler(onHead: { _ in .refuse(text("no", .contentTooLarge)) })

    @Test func theClientThatWaitsIsToldToGoOn() throws {
        let server = try serve()
        let client = try RawClient(port: server.port)
        try client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.receive().status == 100)
        try client.send("body")
        #expect(try client.receive().text == "/=body")
    }

    @Test func theClientThatDoesNotWaitIsNotTold() throws {
        let server = try serve()
        let client = try RawClient(port: server.port)
        try client.send(post("/", "body", "Expect: 100-continue"))
        #expect(try client.receive().text == "/=body")
    }

    @Test func theClientThatWaitsIsAnsweredAtOnceWhereItsBodyIsNotWanted() throws {
        let server = try serve(Self.refusing)
        let client = try RawClient(port: server.port)
        try client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        let answer = try client.receive()
        #expect(answer.status == 413)
        #expect(answer.field("connection") == "close")
        #expect(try client.receivesEnd())
    }

    @Test func aSmallRefusedBodyIsReadAndTheConnectionKept() throws {
        let server = try serve(
            ScriptedHandler(onHead: { head in
                head.path == "/no" ? .refuse(text("no", .contentTooLarge)) : .accept(maximumBody: .max)
            })
        )
        let client = try RawClient(port: server.port)
        try client.send(post("/no", String(repeating: "x", count: 10_000)) + post("/yes", "body"))
        let answer = try client.receive()
        #expect(answer.status == 413)
        #expect(answer.field("connection") == nil)
        #expect(try client.receive().text == "/yes=body")
    }

    @Test(arguments: [(64 * 1024, true), (64 * 1024 + 1, false)])
    func aRefusedBodyIsReadUpToSoMuchAndNotMore(count: Int, isKept: Bool) throws {
        let server = try serve(Self.refusing)
        let client = try RawClient(port: server.port)
        try client.send(post("/", String(repeating: "x", count: count)))
        #expect(try client.receive().field("connection") == (isKept ? nil : "close"))
        guard isKept else { return #expect(try client.receivesEnd()) }
        try client.send(get("/next"))
        #expect(try client.receive().text == "/next")
    }

    @Test func aLargeRefusedBodyEndsTheConnectionAfterItsAnswerWasRead() throws {
        let server = try serve(Self.refusing)
        let client = try RawClient(port: server.port)
        // All of it is sent before the answer is looked at: a close without lingering would reset the connection.
        try client.send(post("/", String(repeating: "x", count: 8_000_000)))
        let answer = try client.receive()
        #expect(answer.status == 413)
        #expect(answer.field("connection") == "close")
        #expect(try client.receivesEnd())
    }

    @Test(arguments: ["Content-Length: 9\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n9\r\n"])
    func aBodyOverWhatWasAdmittedIsRefused(rest: String) throws {
        let server = try serve(ScriptedHandler(onHead: { _ in .accept(maximumBody: 8) }))
        let client = try RawClient(port: server.port)
        try client.send("POST / HTTP/1.1\r\nHost: test\r\n" + rest)
        let answer = try client.receive()
        #expect(answer.status == 413)
        #expect(answer.text == "wire")
        #expect(try client.receivesEnd())
    }

    @Test func theHandlerIsAskedOnlyWhereABodyFollows() throws {
        let server = try serve(Self.refusing)
        let client = try RawClient(port: server.port)
        try client.send(get("/") + "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n")
        #expect(try client.receive().status == 200)
        #expect(try client.receive().status == 200)
    }
}
