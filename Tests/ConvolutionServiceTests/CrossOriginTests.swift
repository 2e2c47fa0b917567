import ConvolutionService
import HTTPServer
import HTTPTypes
import Testing

@Suite struct CrossOriginTests {
    private static let body = #"{"input":[1]}"#
    private static let preflight = [
        ("Origin", "https://example.org"), ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type,x-api-key"),
    ]

    private func client(_ list: String?) throws -> ServiceClient {
        let policy = try list.map { try #require(CrossOrigin(list: $0)) }
        return ServiceClient { $0.crossOrigin = policy }
    }

    @Test func withoutItNoAnswerSaysAnythingOfOrigins() async throws {
        let response = try await client(nil).post("/v1/relu", Self.body, fields: [("Origin", "https://example.org")])
        #expect(response.field("Access-Control-Allow-Origin") == nil)
        #expect(response.field("Vary") == "Accept, Accept-Encoding")
        let options = try await client(nil).send("OPTIONS", "/v1/relu", fields: Self.preflight)
        #expect(options.field("Access-Control-Allow-Origin") == nil)
        #expect(options.field("Allow") == "POST, OPTIONS")
    }

    @Test func anOriginOfTheListMayReadAnswersAndErrors() async throws {
        let client = try client("https://example.org, http://localhost:3000")
        for origin in ["https://example.org", "http://localhost:3000"] {
            for body in [Self.body, "{"] {
                let response = try await client.post("/v1/relu", body, fields: [("Origin", origin)])
                #expect(response.field("Access-Control-Allow-Origin") == origin)
                #expect(response.field("Access-Control-Expose-Headers")?.contains("X-Request-Id") == true)
                #expect(response.field("Vary")?.hasSuffix("Origin") == true)
            }
        }
    }

    @Test(arguments: ["https://example.com", "http://example.org", "https://example.org:8443", "null"])
    func anOtherMayNot(origin: String) async throws {
        let response = try await client("https://example.org").post(
            "/v1/relu",
            Self.body,
            fields: [("Origin", origin)]
        )
        #expect(response.status == .ok)
        #expect(response.field("Access-Control-Allow-Origin") == nil)
        #expect(response.field("Vary") == "Accept, Accept-Encoding, Origin", "a cache must not give this to the other")
    }

    @Test func theStarIsForAllAndTheSameForAll() async throws {
        let response = try await client("*").post("/v1/relu", Self.body, fields: [("Origin", "https://a.example")])
        #expect(response.field("Access-Control-Allow-Origin") == "*")
        #expect(response.field("Vary") == "Accept, Accept-Encoding")
    }

    @Test func aPreflightIsAnsweredWithoutAKey() async throws {
        let policy = try #require(CrossOrigin(list: "https://example.org"))
        let keys = try APIKeys(parsing: "secret".utf8)
        let client = ServiceClient {
            $0.crossOrigin = policy
            $0.keys = keys
        }
        let response = try await client.send("OPTIONS", "/v1/relu", fields: Self.preflight)
        #expect(response.status == .noContent)
        #expect(response.field("Access-Control-Allow-Origin") == "https://example.org")
        #expect(response.field("Access-Control-Allow-Methods") == "POST, OPTIONS")
        #expect(response.field("Access-Control-Allow-Headers")?.contains("X-Api-Key") == true)
        #expect(response.field("Vary")?.hasPrefix("Origin") == true)
        let refused = try await client.post("/v1/relu", Self.body, fields: [("Origin", "https://example.org")])
        #expect(refused.status == .unauthorized)
        #expect(refused.field("Access-Control-Allow-Origin") == "https://example.org", "the page may read why")
    }

    @Test func aPreflightFromElsewhereIsPromisedNothing() async throws {
        let fields = [("Origin", "https://example.com"), ("Access-Control-Request-Method", "POST")]
        let response = try await client("https://example.org").send("OPTIONS", "/v1/relu", fields: fields)
        #expect(response.status == .noContent)
        #expect(response.fields.allSatisfy { !$0.name.canonicalName.hasPrefix("access-control") })
    }

    @Test(arguments: [
        "", "example.org", "https://", "https://example.org/", "ftp://a", "https://a,", "https://*.a", "null",
    ])
    func whatIsNoOriginIsRefused(list: String) {
        #expect(CrossOrigin(list: list) == nil)
    }
}
