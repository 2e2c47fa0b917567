import HTTPServer
import TestSupport
import Testing

/// What is agreed on before the first request.
@Suite struct TLSHandshakeTests {
    @Test(arguments: [(TLSClient.version12, "TLSv1.2"), (TLSClient.version13, "TLSv1.3")])
    func bothVersionsAreServedWithAuthenticatedEncryption(version: Int32, name: String) throws {
        for certificate in ["one", "rsa"] {
            let server = try serveTLS(certificate)
            let client = try TLSClient(port: server.port, .with { $0.version = version })
            #expect(client.version == name)
            #expect(client.cipher.contains("GCM") || client.cipher.contains("CHACHA20"))
            #expect(client.compression == nil)
            try client.send(get("/"))
            #expect(try client.receive().text == "/")
        }
    }

    @Test(arguments: [TLSClient.version10, TLSClient.version11])
    func anOldVersionIsRefused(version: Int32) throws {
        let server = try serveTLS()
        let refused = #expect(throws: TLSClient.Refused.self) {
            try TLSClient(port: server.port, .with { $0.version = version })
        }
        #expect(refused?.reason.contains("protocol version") == true, "\(String(describing: refused))")
    }

    @Test func sslIsRefused() throws {
        let server = try serveTLS()
        let client = try RawClient(port: server.port)
        // SSL 3.0 (RFC 6101 section 5.6.1.2), with a cipher that every server of its time had.
        let random = [UInt8](repeating: 7, count: 32)
        let hello: [UInt8] = [3, 0] + random + [0, 0, 2, 0x00, 0x2F, 1, 0]
        let message = [1, 0, 0, UInt8(hello.count)] + hello
        try client.send([0x16, 3, 0, 0, UInt8(message.count)] + message)
        // A fatal alert: in SSL 3.0 protocol_version is handshake_failure yet.
        let answer = try client.receiveToEnd()
        #expect(answer.first == 0x15 && answer.suffix(2) == [2, 40], "\(answer)")
    }

    @Test(arguments: [("one", "ECDSA"), ("rsa", "RSA")])
    func noOtherCiphersThanTheseAreTaken(certificate: String, kind: String) throws {
        let server = try serveTLS(certificate)
        func isTaken(_ cipher: String, _ version: Int32) -> Bool {
            let offer = TLSClient.Offer.with {
                $0.version = version
                $0.ciphers = [cipher]
            }
            return (try? TLSClient(port: server.port, offer))?.cipher == cipher
        }
        let known = TLSClient.knownCiphers
        #expect(known.contains("AES128-SHA") && known.contains("ECDHE-\(kind)-AES128-SHA"))
        let good = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"].map { "ECDHE-\(kind)-\($0)" }
        #expect(Set(known.filter { isTaken($0, TLSClient.version12) }) == Set(good))
        let suites = [
            "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256",
        ]
        #expect(suites.filter { isTaken($0, TLSClient.version13) } == Array(suites.prefix(3)))
    }

    /// All are good, and the client knows which of them its machine is quick at.
    @Test(arguments: [
        (TLSClient.version12, ["ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256"]),
        (TLSClient.version13, ["TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"]),
    ])
    func theClientsOrderCounts(version: Int32, ciphers: [String]) throws {
        let server = try serveTLS()
        for order in [ciphers, ciphers.reversed()] {
            let client = try TLSClient(
                port: server.port,
                .with {
                    $0.version = version
                    $0.ciphers = order
                }
            )
            #expect(client.cipher == order[0])
        }
    }

    @Test(arguments: [["http/1.1"], ["h2", "http/1.1"], ["http/1.0", "http/1.1", "x"]])
    func theProtocolIsChosenAmongThoseOffered(protocols: [String]) throws {
        let server = try serveTLS()
        let client = try TLSClient(port: server.port, .with { $0.protocols = protocols })
        #expect(client.chosenProtocol == "http/1.1")
    }

    @Test(arguments: [["h2"], ["http/1.10"], ["http/1."]])
    func aClientThatOffersOnlyOtherProtocolsIsRefused(protocols: [String]) throws {
        let server = try serveTLS()
        let refused = #expect(throws: TLSClient.Refused.self) {
            try TLSClient(port: server.port, .with { $0.protocols = protocols })
        }
        #expect(refused?.reason.contains("no application protocol") == true)
    }

    @Test func aClientThatOffersNoProtocolIsServed() throws {
        let server = try serveTLS()
        let client = try TLSClient(port: server.port)
        #expect(client.chosenProtocol == nil)
    }

    @Test(arguments: [TLSClient.version12, TLSClient.version13])
    func aSessionIsResumed(version: Int32) throws {
        let server = try serveTLS("one", "two", clientAuthority: pem("authority.pem"))
        var offer = TLSClient.Offer.with {
            $0.version = version
            $0.serverName = "two.test"
            $0.certificate = pem("client.pem")
            $0.key = pem("client.key")
        }
        let first = try TLSClient(port: server.port, offer)
        try first.send(get("/"))
        _ = try first.receive()
        #expect(!first.isResumed)
        offer.session = first.resumable
        let second = try TLSClient(port: server.port, offer)
        #expect(second.isResumed)
        try second.send(get("/again"))
        #expect(try second.receive().text == "/again")
    }

    @Test(arguments: [
        ("one.test", "one.test"), ("two.test", "two.test"), ("deep.two.test", "two.test"), ("other.test", "one.test"),
        (nil, "one.test"),
    ])
    func theCertificateIsTheOneOfTheNameAskedFor(asked: String?, served: String) throws {
        let server = try serveTLS("one", "two")
        let client = try TLSClient(port: server.port, .with { $0.serverName = asked })
        #expect(client.certificateServes(served))
        try client.send(get("/"))
        #expect(try client.receive().status == 200)
    }

    @Test(arguments: [TLSClient.version12, TLSClient.version13])
    func aClientShowsACertificateOfTheAuthority(version: Int32) throws {
        let server = try serveTLS(clientAuthority: pem("authority.pem"))
        let client = try TLSClient(
            port: server.port,
            .with {
                $0.version = version
                $0.certificate = pem("client.pem")
                $0.key = pem("client.key")
            }
        )
        try client.send(get("/"))
        #expect(try client.receive().status == 200)
    }

    @Test(arguments: [TLSClient.version12, TLSClient.version13], [nil, "stranger-client", "expired-client"])
    func aClientWithoutACertificateOfTheAuthorityIsRefused(version: Int32, certificate: String?) async throws {
        let handled = Shelf<Bool>()
        let handler = ScriptedHandler { request, exchange in
            handled.put(true)
            exchange.respond(echo(request))
        }
        let server = try serveTLS(clientAuthority: pem("authority.pem"), handler: handler)
        #expect(throws: (any Error).self) {
            let client = try TLSClient(
                port: server.port,
                .with {
                    $0.version = version
                    $0.certificate = certificate.map { pem("\($0).pem") }
                    $0.key = certificate.map { pem("\($0).key") }
                }
            )
            // With TLS 1.3 the client learns of the refusal only when it reads.
            try client.send(get("/"))
            _ = try client.receive()
        }
        #expect(handled.count == 0)
        #expect(await eventually { server.connections == 0 })
    }

    @Test func aClientMayNotBeginAnew() throws {
        let server = try serveTLS()
        let client = try TLSClient(port: server.port, .with { $0.version = TLSClient.version12 })
        #expect(!client.renegotiates())
    }

    @Test func aHandshakeThatDoesNotGoOnIsGivenUp() async throws {
        let clock = ManualClock()
        let server = try serveTLS(clock: clock)
        let silent = try RawClient(port: server.port)
        let slow = try RawClient(port: server.port)
        // The beginning of a record that never comes.
        try slow.send([0x16, 0x03, 0x01, 0x01, 0x00, 0x01])
        #expect(await eventually { server.connections == 2 })
        clock.advance(by: .seconds(9))
        server.checkDeadlines()
        let late = try TLSClient(port: server.port)
        try late.send(get("/"))
        _ = try late.receive()
        #expect(server.connections == 3)
        clock.advance(by: .seconds(2))
        server.checkDeadlines()
        #expect(try silent.receivesEnd())
        #expect(try slow.receivesEnd())
        try late.send(get("/still"))
        #expect(try late.receive().text == "/still")
    }

    @Test func handshakesThatDoNotGoOnKeepNobodyWaiting() async throws {
        let server = try serveTLS { $0.maximumConnections = 1000 }
        let slow = try (0..<300).map { number in
            let client = try RawClient(port: server.port)
            // Nothing, or the beginning of a record.
            if number % 2 == 0 { try client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]) }
            return client
        }
        #expect(await eventually { server.connections == slow.count })
        for number in 0..<10 {
            let client = try TLSClient(port: server.port)
            try client.send(get("/\(number)"))
            #expect(try client.receive().text == "/\(number)")
        }
        #expect(server.connections >= slow.count, "none was given up meanwhile")
        withExtendedLifetime(slow) {}
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: test\r\n\r\n", "POST / HTTP/1.1\r\nHost: test\r\n\r\n"])
    func aClientWithoutTLSIsToldSo(request: String) throws {
        let server = try serveTLS()
        let client = try RawClient(port: server.port)
        try client.send(request)
        let answer = try client.receive()
        #expect(answer.status == 400)
        #expect(answer.text == "plain")
        #expect(try client.receivesEnd())
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func noiseIsRefusedAndForgotten(seed: UInt64) async throws {
        let server = try serveTLS()
        for length in [1, 5, 6, 100, 20_000] {
            let client = try RawClient(port: server.port)
            var random = SeededRandom(seed: seed)
            try? client.send((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
            client.close()
        }
        #expect(await eventually { server.connections == 0 }, "seed \(seed)")
        _ = try TLSClient(port: server.port)
    }

    @Test func manyHandshakesLeaveNothingBehind() async throws {
        let server = try serveTLS { $0.loops = 2 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for number in 0..<25 {
                        let client = try TLSClient(port: server.port)
                        try client.send(get("/\(number)"))
                        #expect(try client.receive().text == "/\(number)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await eventually { server.connections == 0 })
    }
}
