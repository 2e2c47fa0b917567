import HTTPServer
import HTTPTypes
import HTTPWire
import TestSupport
import Testing

@testable import ConvolutionService

@Suite struct DoorTests {
    private static let body = #"{"input":[1]}"#
    private static let file = "# for tests\n\nfirst-key\r\n  second-key  \nfirst-key\n"

    private func client(
        _ configure: (inout ServiceConfiguration) -> Void = { _ in }
    ) throws -> ServiceClient {
        let keys = try APIKeys(parsing: Self.file.utf8)
        return ServiceClient {
            $0.keys = keys
            configure(&$0)
        }
    }

    @Test(arguments: [
        [("Authorization", "Bearer first-key")], [("Authorization", "bearer   second-key")],
        [("X-Api-Key", "second-key")], [("Authorization", "Basic Zm9v"), ("X-Api-Key", "first-key")],
    ])
    func oneOfTheKeysOpensTheDoor(fields: [(String, String)]) async throws {
        #expect(try await client().post("/v1/relu", Self.body, fields: fields).status == .ok)
        #expect(try await client().send("GET", "/v1/kernels", fields: fields).status == .ok)
    }

    @Test(arguments: [
        [("Authorization", "Bearer first-ke")], [("Authorization", "Bearer first-keyy")],
        [("Authorization", "Bearer ")], [("Authorization", "first-key")], [("Authorization", "Basic first-key")],
        [("X-Api-Key", "FIRST-KEY")], [("X-Api-Key", "")], [("X-Api-Key", "# for tests")],
        [("X-Api-Key", String(repeating: "x", count: 5000))],
    ])
    func anythingElseIs401(fields: [(String, String)]) async throws {
        let response = try await client().post("/v1/relu", Self.body, fields: fields)
        #expect(response.status == .unauthorized)
        #expect(response.field("WWW-Authenticate") == #"Bearer realm="convserve", error="invalid_token""#)
        #expect(!response.text.contains("first-ke"))
    }

    @Test func withoutAnyKeyTheChallengeNamesNoError() async throws {
        let response = try await client().send("GET", "/v1/kernels")
        #expect(response.status == .unauthorized)
        #expect(response.field("WWW-Authenticate") == #"Bearer realm="convserve""#)
    }

    @Test func whoSendsTheSameHeadAgainIsAskedForAKeyAgain() throws {
        let service = try client().service
        var fields = "POST /v1/relu HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        fields += "X-Api-Key: first-key\r\nContent-Length: 13\r\n\r\n"
        let head = try ServiceClient.head(Array(fields.utf8))
        func isAdmitted() -> Bool {
            if case .accept = service.admit(head, from: "127.0.0.1") { true } else { false }
        }
        #expect(isAdmitted())
        #expect(head.conclusions != nil)
        #expect(isAdmitted())
        service.replaceKeys(try APIKeys(parsing: "third-key\n".utf8))
        #expect(!isAdmitted())
    }

    @Test func strangersDoNotLearnWhatThereIs() async throws {
        #expect(try await client().send("GET", "/nothing").status == .unauthorized)
        #expect(try await client().send("GET", "/v1/relu").status == .unauthorized)
    }

    @Test func healthIsOpenAndMetricsAreAsConfigured() async throws {
        for path in ["/healthz", "/readyz"] { #expect(try await client().send("GET", path).status == .ok) }
        #expect(try await client().send("GET", "/metrics").status == .unauthorized)
        #expect(try await client { $0.opensMetrics = true }.send("GET", "/metrics").status == .ok)
        #expect(try await client { $0.opensMetrics = true }.send("GET", "/v1/kernels").status == .unauthorized)
    }

    @Test func keysMayBeReplacedWhileTheServiceRuns() async throws {
        let client = try client()
        client.service.replaceKeys(try APIKeys(parsing: "third-key".utf8))
        let old = [("X-Api-Key", "first-key")], new = [("X-Api-Key", "third-key")]
        #expect(try await client.post("/v1/relu", Self.body, fields: old).status == .unauthorized)
        #expect(try await client.post("/v1/relu", Self.body, fields: new).status == .ok)
    }

    @Test(arguments: [
        ("", APIKeyError.none), ("# nothing\n \n", .none), ("good\nwith space", .characters(line: 2)),
        ("ä", .characters(line: 1)), ("a\u{0}b", .characters(line: 1)),
        (String(repeating: "x", count: 257), .tooLong(line: 1)),
        ((0...1000).map { "key-\($0)" }.joined(separator: "\n"), .tooMany),
    ])
    func aFileThatCannotBeUsedIsRefusedByItsLine(text: String, error: APIKeyError) {
        #expect(throws: error) { try APIKeys(parsing: text.utf8) }
    }

    @Test func aThousandKeysOfTheGreatestLengthAreEachFound() throws {
        let texts = (0..<1000).map { String(repeating: "k", count: 252) + String(1000 + $0) }
        let keys = try APIKeys(parsing: texts.joined(separator: "\n").utf8)
        #expect(keys.count == 1000)
        for number in [0, 1, 499, 999] { #expect(keys.number(of: texts[number][...].utf8) == number) }
        #expect(keys.number(of: texts[0].dropLast().utf8) == nil)
    }
}

@Suite struct RateLimitTests {
    private static let body = #"{"input":[1]}"#
    private let clock = ManualClock()

    private func client(
        _ limit: RateLimit,
        _ configure: (inout ServiceConfiguration) -> Void = { _ in }
    ) -> ServiceClient {
        ServiceClient {
            $0.rateLimit = limit
            $0.clock = { [clock] in clock.now }
            configure(&$0)
        }
    }

    @Test func pastTheBurst429SaysWhenToComeBackAndThenOneMayCome() async throws {
        let client = client(RateLimit(rate: 0.5, burst: 3))
        for _ in 0..<3 { #expect(try await client.post("/v1/relu", Self.body).status == .ok) }
        let refused = try await client.post("/v1/relu", Self.body)
        #expect(refused.status == .tooManyRequests)
        #expect(refused.field("Retry-After") == "2")
        clock.advance(by: .milliseconds(1500))
        #expect(try await client.send("GET", "/v1/kernels").field("Retry-After") == "1", "a refusal costs nothing")
        clock.advance(by: .milliseconds(500))
        #expect(try await client.post("/v1/relu", Self.body).status == .ok)
        #expect(try await client.post("/v1/relu", Self.body).status == .tooManyRequests)
        #expect(try await client.send("GET", "/healthz").status == .ok)
        clock.advance(by: .seconds(3600))
        for _ in 0..<3 { #expect(try await client.post("/v1/relu", Self.body).status == .ok) }
        #expect(try await client.post("/v1/relu", Self.body).status == .tooManyRequests, "a bucket holds no more")
    }

    @Test func eachAddressHasABucketOfItsOwn() async throws {
        let client = client(RateLimit(rate: 1, burst: 1))
        let peers = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"]
        for peer in peers { #expect(try await client.send("GET", "/v1/kernels", peer: peer).status == .ok) }
        for peer in peers + ["2001:db8::ffff:1", "2001:db8::2%eth0"] {
            #expect(try await client.send("GET", "/v1/kernels", peer: peer).status == .tooManyRequests, "\(peer)")
        }
    }

    @Test func eachKeyHasABucketWhereverItComesFrom() async throws {
        let keys = try APIKeys(parsing: "one\ntwo".utf8)
        let client = client(RateLimit(rate: 1, burst: 1)) { $0.keys = keys }
        let one = [("X-Api-Key", "one")], two = [("X-Api-Key", "two")]
        #expect(try await client.send("GET", "/v1/kernels", fields: one, peer: "192.0.2.1").status == .ok)
        #expect(try await client.send("GET", "/v1/kernels", fields: one, peer: "192.0.2.2").status == .tooManyRequests)
        #expect(try await client.send("GET", "/v1/kernels", fields: two, peer: "192.0.2.3").status == .ok)
        #expect(try await client.send("GET", "/v1/kernels", peer: "192.0.2.4").status == .unauthorized)
        #expect(
            try await client.send("GET", "/v1/kernels", peer: "192.0.2.4").status == .tooManyRequests,
            "guessing is limited too"
        )
    }

    @Test func bucketsAreBounded() {
        let limiter = RateLimiter(RateLimit(rate: 1, burst: 1), capacity: 100) { [clock] in clock.now }
        for number in 0..<10_000 { #expect(limiter.take(.ipv6(UInt64(number))) == nil) }
        #expect(limiter.count <= 100)
    }

    @Test func whoComesOftenIsRememberedThoughManyOthersComeOnce() {
        let limiter = RateLimiter(RateLimit(rate: 0.001, burst: 1000), capacity: 100) { [clock] in clock.now }
        var granted = 0
        for number in 0..<20_000 {
            _ = limiter.take(.ipv6(UInt64(number)))
            if number % 10 == 0, limiter.take(.ipv4(1)) == nil { granted += 1 }
        }
        #expect(granted == 1000)
    }
}
