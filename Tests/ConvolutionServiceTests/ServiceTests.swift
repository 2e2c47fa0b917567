import Compression
import ConvolutionEngine
import ConvolutionService
import Foundation
import HTTPServer
import HTTPTypes
import Testing

@Suite struct ServiceTests {
    private static let seed = #"{"input":[[1,2,3],[4,5,6],[7,8,9]],"weight":[[0,1],[2,3]]}"#
    private static let seedAnswer = #"{"output":[[25,31],[43,49]],"shape":[2,2]}"#

    @Test func theSeedExampleIsAnsweredToTheLetter() async throws {
        let response = try await ServiceClient().post("/v1/conv2d", Self.seed)
        #expect(response.status == .ok)
        #expect(response.text == Self.seedAnswer)
        #expect(response.field("Content-Type") == "application/json")
        #expect(response.field("Vary") == "Accept, Accept-Encoding")
    }

    @Test func curlsFormTypeIsTakenForJSONWhenItStartsLikeAnObject() async throws {
        let form = [("Content-Type", "application/x-www-form-urlencoded")]
        #expect(try await ServiceClient().post("/v1/conv2d", Self.seed, fields: form).text == Self.seedAnswer)
        #expect(try await ServiceClient().post("/v1/conv2d", "a=1", fields: form).status == .unsupportedMediaType)
    }

    @Test func workBeyondTheLoopsShareIsAnsweredFromTheQueue() async throws {
        let row = "[" + Array(repeating: "1", count: 200).joined(separator: ",") + "]"
        let input = "[" + Array(repeating: row, count: 200).joined(separator: ",") + "]"
        let body = #"{"input":\#(input),"weight":[[1,1],[1,1]]}"#
        let response = try await ServiceClient().post("/v1/conv2d", body)
        #expect(response.text.hasPrefix(#"{"output":[[4,4,"#))
        #expect(response.text.hasSuffix(#"],"shape":[199,199]}"#))
    }

    @Test func aSmallBodyWithMuchWorkIsAnsweredFromTheQueue() async throws {
        let body = #"{"input":[[1]],"weight":[[1]],"padding":300,"encoding":"flat"}"#
        let response = try await ServiceClient().post("/v1/conv2d", body)
        #expect(response.text.hasPrefix(#"{"output":{"shape":[601,601],"data":[0,0,"#))
    }

    @Test func theClientsRequestIDIsEchoedWhenItIsVisibleASCII() async throws {
        let client = ServiceClient()
        let sent = try await client.post("/v1/relu", #"{"input":[1]}"#, fields: [("X-Request-Id", "abc-123")])
        #expect(sent.field("X-Request-Id") == "abc-123")
        let spaced = try await client.post("/v1/relu", #"{"input":[1]}"#, fields: [("X-Request-Id", "a b")])
        #expect(spaced.field("X-Request-Id") != "a b")
        let long = String(repeating: "x", count: 129)
        let longest = try await client.post("/v1/relu", #"{"input":[1]}"#, fields: [("X-Request-Id", long)])
        #expect(longest.field("X-Request-Id") != long)
    }

    @Test func eachRequestWithoutAnIDGetsOneOfItsOwn() async throws {
        let client = ServiceClient()
        let first = try await client.post("/v1/relu", #"{"input":[1]}"#).field("X-Request-Id")
        let second = try await client.post("/v1/relu", #"{"input":[1]}"#).field("X-Request-Id")
        #expect(first != nil && first != second)
    }

    @Test func serverTimingNamesTheFourStagesInMilliseconds() async throws {
        let timing = try await ServiceClient().post("/v1/conv2d", Self.seed).field("Server-Timing")
        let pattern = /parse;dur=\d+\.\d{3}, queue;dur=\d+\.\d{3}, compute;dur=\d+\.\d{3}, write;dur=\d+\.\d{3}/
        #expect(timing?.wholeMatch(of: pattern) != nil, "\(timing ?? "none")")
    }

    @Test(arguments: ["gzip", "deflate"]) func largeAnswersAreCompressedForClientsThatTakeIt(coding: String)
        async throws
    {
        let body = #"{"input":[[1]],"weight":[[1]],"padding":30}"#
        let client = ServiceClient()
        let plain = try await client.post("/v1/conv2d", body)
        let coded = try await client.post("/v1/conv2d", body, fields: [("Accept-Encoding", coding)])
        #expect(plain.field("Content-Encoding") == nil)
        #expect(coded.field("Content-Encoding") == coding)
        #expect(try decompress(coded.body, try #require(ContentCoding(rawValue: coding))) == plain.body)
    }

    @Test(arguments: ["/openapi.yaml", "/openapi.json", "/v1/kernels", "/"])
    func documentsAreCompressedToo(path: String) async throws {
        let client = ServiceClient()
        let plain = try await client.send("GET", path)
        let coded = try await client.send("GET", path, fields: [("Accept-Encoding", "br, gzip;q=0.5")])
        #expect(plain.field("Content-Encoding") == nil)
        #expect(plain.field("Vary") == "Accept-Encoding")
        #expect(coded.field("Content-Encoding") == "gzip")
        #expect(coded.field("Vary") == "Accept-Encoding")
        #expect(try decompress(coded.body, .gzip) == plain.body)
    }

    @Test func answersUnderOneKilobyteStayPlain() async throws {
        let response = try await ServiceClient().post("/v1/conv2d", Self.seed, fields: [("Accept-Encoding", "gzip")])
        #expect(response.field("Content-Encoding") == nil)
        #expect(response.text == Self.seedAnswer)
    }

    @Test(arguments: ["gzip", "deflate"]) func compressedRequestsAreRead(coding: String) async throws {
        let coding = try #require(ContentCoding(rawValue: coding))
        var deflater = try Deflater(coding, level: 6)
        var body: [UInt8] = []
        let seed = Array(Self.seed.utf8)
        try deflater.append(seed.span.bytes, to: &body)
        try deflater.finish(to: &body)
        let fields = [("Content-Type", "application/json"), ("Content-Encoding", coding.rawValue)]
        let response = try await ServiceClient().send("POST", "/v1/conv2d", fields: fields, body: body)
        #expect(response.text == Self.seedAnswer)
    }

    @Test(arguments: [(0, HTTPResponse.Status.ok), (-1, .contentTooLarge)])
    func theBodyLimitHoldsForTheDecompressedBody(past: Int, status: HTTPResponse.Status) async throws {
        let body = Array(Self.seed.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 3 << 20)
        var sent: [UInt8] = []
        var deflater = try Deflater(.gzip, level: 9)
        try deflater.append(body.span.bytes, to: &sent)
        try deflater.finish(to: &sent)
        let client = ServiceClient { $0.maximumBody = body.count + past }
        let fields = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
        #expect(try await client.send("POST", "/v1/conv2d", fields: fields, body: sent).status == status)
    }

    @Test(arguments: [(0, HTTPResponse.Status.ok), (-1, .contentTooLarge)])
    func aBodyMayGrowBySoMuchAndNotMore(past: Int, status: HTTPResponse.Status) async throws {
        let blank = [UInt8](repeating: UInt8(ascii: " "), count: 4 << 20)
        let body = Array(Self.seed.utf8) + blank
        var sent: [UInt8] = []
        var deflater = try Deflater(.gzip, level: 6)
        try deflater.append(body.span.bytes, to: &sent)
        try deflater.finish(to: &sent)
        let enough = (body.count + sent.count - 1) / sent.count
        let client = ServiceClient { $0.decompressionRatio = enough + past }
        let fields = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
        #expect(try await client.send("POST", "/v1/conv2d", fields: fields, body: sent).status == status)
    }

    @Test func aSmallBodyMayGrowAsItLikes() async throws {
        let body = Array(Self.seed.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 1 << 19)
        var sent: [UInt8] = []
        var deflater = try Deflater(.gzip, level: 6)
        try deflater.append(body.span.bytes, to: &sent)
        try deflater.finish(to: &sent)
        let client = ServiceClient { $0.decompressionRatio = 1 }
        let fields = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
        #expect(try await client.send("POST", "/v1/conv2d", fields: fields, body: sent).status == .ok)
    }

    @Test func aDrainingServiceIsNotReadyButLives() async throws {
        let client = ServiceClient()
        #expect(try await client.send("GET", "/readyz").status == .ok)
        client.service.startDraining()
        #expect(try await client.send("GET", "/readyz").status == .serviceUnavailable)
        #expect(try await client.send("GET", "/healthz").status == .ok)
    }

    @Test func kernelsAreListedWithTheirNumbers() async throws {
        let text = try await ServiceClient().send("GET", "/v1/kernels").text
        #expect(text.contains(#"{"name":"sobel_x","weight":[[-1,0,1],[-2,0,2],[-1,0,1]]}"#))
        #expect(text.components(separatedBy: "\"name\"").count - 1 == 14)
    }

    @Test func metricsCountRequestsByRouteAndStatus() async throws {
        let client = ServiceClient()
        _ = try await client.post("/v1/conv2d", Self.seed)
        _ = try await client.post("/v1/conv2d", Self.seed)
        _ = try await client.post("/v1/conv2d", "{")
        let text = try await client.send("GET", "/metrics").text
        #expect(text.contains(#"convserve_requests_total{route="conv2d",status="200"} 2"#))
        #expect(text.contains(#"convserve_requests_total{route="conv2d",status="400"} 1"#))
        #expect(text.contains(#"convserve_request_stage_seconds_count{route="conv2d",stage="compute"} 2"#))
    }

    @Test func headIsAllowedWhereverGetIsAndOptionsNamesTheMethods() async throws {
        let client = ServiceClient()
        #expect(try await client.send("HEAD", "/healthz").status == .ok)
        let options = try await client.send("OPTIONS", "/v1/conv2d")
        #expect(options.status == .noContent)
        #expect(options.field("Allow") == "POST, OPTIONS")
        let server = try await client.send("OPTIONS", "*")
        #expect(server.status == .noContent)
        #expect(server.field("Allow") == "GET, HEAD, POST, OPTIONS")
    }

    @Test func theInterfacesDescriptionIsServedAsItStandsInTheTree() async throws {
        let tree = TestCases.folder.deletingLastPathComponent().deletingLastPathComponent()
        let expected = try Data(contentsOf: tree.appending(path: "openapi.yaml"))
        #expect(try await ServiceClient().send("GET", "/openapi.yaml").body == Array(expected))
    }

    private func decompress(_ bytes: [UInt8], _ coding: ContentCoding) throws -> [UInt8] {
        var inflater = try Inflater(coding, limit: 1 << 24)
        var output: [UInt8] = []
        try inflater.append(bytes.span.bytes, to: &output)
        try inflater.finish()
        return output
    }
}
