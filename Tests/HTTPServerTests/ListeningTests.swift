import Glibc
import HTTPServer
import HTTPTypes
import TestSupport
import Testing

@Suite struct ListeningTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::", "::1"),
    ])
    func theServerIsReachedWhereItListens(host: String, from: String) throws {
        let server = try serve(ScriptedHandler { request, exchange in exchange.respond(text(request.peer)) }) {
            $0.host = host
        }
        let client = try RawClient(port: server.port, host: from)
        try client.send(get("/"))
        #expect(try client.receive().text == from)
    }

    @Test func aNameIsListenedOnAtAllItsAddresses() throws {
        let server = try serve { $0.host = "localhost" }
        #expect(!server.hosts.isEmpty)
        for host in server.hosts {
            let client = try RawClient(port: server.port, host: host)
            try client.send(get("/"))
            #expect(try client.receive().status == 200)
        }
    }

    @Test func aPortInUseIsSaidClearly() throws {
        let server = try serve()
        let port = server.port
        let error = #expect(throws: ServerError.self) { try serve { $0.port = port } }
        #expect(error == .cannotListen(address: "127.0.0.1", port: port, code: EADDRINUSE))
        #expect(error?.description.contains("another process already does") == true)
    }

    @Test func pastTheMostConnectionsFurtherClientsWait() async throws {
        let server = try serve { $0.maximumConnections = 2 }
        let first = try RawClient(port: server.port)
        let second = try RawClient(port: server.port)
        for client in [first, second] {
            try client.send(get("/"))
            _ = try client.receive()
        }
        let third = try RawClient(port: server.port)
        try third.send(get("/third"))
        try second.send(get("/second"))
        #expect(try second.receive().text == "/second")
        #expect(server.connections == 2)
        first.close()
        #expect(try third.receive().text == "/third")
    }

    @Test func manyConnectionsComeAndGoAndLeaveNothing() async throws {
        let server = try serve { $0.loops = 2 }
        for round in 0..<500 {
            let client = try RawClient(port: server.port)
            if round % 3 > 0 { try client.send(get("/")) }
            if round % 3 > 1 { _ = try client.receive() }
            if round % 5 == 0 { client.reset() } else { client.close() }
        }
        #expect(await eventually { server.connections == 0 })
        let client = try RawClient(port: server.port)
        try client.send(get("/still"))
        #expect(try client.receive().text == "/still")
    }

    /// In a process of its own, as it takes every descriptor that there is.
    @Test func theServerSurvivesRunningOutOfDescriptors() async {
        await #expect(processExitsWith: .success) {
            let server = try serve { $0.acceptPause = .milliseconds(20) }
            let old = try RawClient(port: server.port)
            try old.send(get("/"))
            _ = try old.receive()

            var limit = rlimit(rlim_cur: 100, rlim_max: 100)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var fillers: [Int32] = []
            while case let filler = dup(STDOUT_FILENO), filler >= 0 { fillers.append(filler) }
            // The clients get the last descriptors, the server none for their connections; but for one that the
            // system's libraries may take and give back meanwhile.
            var new: [RawClient] = []
            while new.count < 4 {
                close(fillers.removeLast())
                guard let client = try? RawClient(port: server.port) else { continue }
                try client.send(get("/new"))
                new.append(client)
            }
            for _ in 0..<50 {
                try old.send(get("/old"))
                try #require(try old.receive().text == "/old")
                try #require(server.connections < 5)
            }
            for filler in fillers { close(filler) }
            for client in new { try #require(try client.receive().text == "/new") }
        }
    }
}
