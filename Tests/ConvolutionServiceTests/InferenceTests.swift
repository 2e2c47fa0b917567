import Compression
import HTTPServer
import HTTPTypes
import Testing

@testable import ConvolutionService

@Suite struct InferenceTests {
    private static let model =
        #"{"input_shape":[null,1,3,3],"input_name":"x","outputs":["y","c"],"layers":["#
        + #"{"type":"conv2d","name":"c","weight":[[0,1],[2,3]]},{"type":"add","name":"y","inputs":["c","c"]}]}"#
    private static let flat = #""data":[1,2,3,4,5,6,7,8,9]"#
    private static let binary: [UInt8] = floats([1, 2, 3, 4, 5, 6, 7, 8, 9])

    private static func floats(_ numbers: [Float]) -> [UInt8] {
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) } }
    }

    private static func input(_ data: String, type: String = "FP32") -> String {
        #"{"name":"x","shape":[1,1,3,3],"datatype":"\#(type)",\#(data)}"#
    }

    private func client() async throws -> ServiceClient {
        let client = ServiceClient()
        let fields = [("Content-Type", "application/json")]
        let answer = try await client.send("PUT", "/v1/models/m", fields: fields, body: Array(Self.model.utf8))
        #expect(answer.status.code == 201)
        return client
    }

    private func infer(
        _ client: ServiceClient,
        _ json: String,
        binary: [UInt8]? = nil,
        fields: [(String, String)] = [],
        path: String = "/v2/models/m/infer"
    ) async throws -> Response {
        let body = Array(json.utf8) + (binary ?? [])
        let length = binary == nil ? [] : [("Inference-Header-Content-Length", String(json.utf8.count))]
        return try await client.send("POST", path, fields: fields + length, body: body)
    }

    @Test(
        arguments: [
            input(flat), input(#""data":[[[[1,2,3],[4,5,6],[7,8,9]]]]"#), input(flat, type: "UINT8"),
            input(flat, type: "FP16"), input(flat, type: "INT64"),
        ]
    )
    func numbersInJSONAreFlatOrNested(input: String) async throws {
        let answer = try await infer(client(), #"{"id":"7","inputs":[\#(input)]}"#)
        #expect(
            answer.text == #"{"id":"7","model_name":"m","model_version":"1","outputs":["#
                + #"{"name":"y","datatype":"FP32","shape":[1,1,2,2],"data":[50,62,86,98]},"#
                + #"{"name":"c","datatype":"FP32","shape":[1,1,2,2],"data":[25,31,43,49]}]}"#
        )
        #expect(answer.field("Content-Type") == "application/json")
        #expect(answer.field("Inference-Header-Content-Length") == nil)
    }

    @Test func octetsBehindTheJSONAreTheInputAndTheOutputs() async throws {
        let input = Self.input(#""parameters":{"binary_data_size":36}"#)
        let outputs = #"[{"name":"c"},{"name":"y","parameters":{"binary_data":false}}]"#
        let json = #"{"inputs":[\#(input)],"outputs":\#(outputs),"parameters":{"binary_data_output":true}}"#
        let answer = try await infer(client(), json, binary: Self.binary)
        let expected =
            #"{"model_name":"m","model_version":"1","outputs":["#
            + #"{"name":"c","datatype":"FP32","shape":[1,1,2,2],"parameters":{"binary_data_size":16}},"#
            + #"{"name":"y","datatype":"FP32","shape":[1,1,2,2],"data":[50,62,86,98]}]}"#
        #expect(answer.body == Array(expected.utf8) + Self.floats([25, 31, 43, 49]))
        #expect(answer.field("Content-Type") == "application/octet-stream")
        #expect(answer.field("Inference-Header-Content-Length") == String(expected.utf8.count))
    }

    @Test func octetsAloneAreABatchOfOne() async throws {
        let client = try await client()
        let answer = try await infer(client, "", binary: Self.binary)
        #expect(answer.status == .ok)
        #expect(answer.body.suffix(32) == Self.floats([50, 62, 86, 98, 25, 31, 43, 49])[...])
        let json = try await infer(client, "", binary: Self.binary, fields: [("Accept", "application/json")])
        #expect(json.text.contains(#""data":[50,62,86,98]"#))
        let short = try await infer(client, "", binary: [0, 0, 0, 0])
        #expect(short.status == .badRequest)
        #expect(short.text.contains("Found 4 octets, but the shape [1, 1, 3, 3] of FP32 has 36"))
    }

    @Test func requestsAndAnswersAreCompressedAndErrorsAreNot() async throws {
        let rows = Array(repeating: "1,2,3,4,5,6,7,8,9", count: 200).joined(separator: ",")
        let json = #"{"inputs":[{"name":"x","shape":[200,1,3,3],"datatype":"FP32","data":[\#(rows)]}]}"#
        var body: [UInt8] = []
        var deflater = try Deflater(.gzip, level: 1)
        try deflater.append(Array(json.utf8).span.bytes, to: &body)
        try deflater.finish(to: &body)
        let client = try await client()
        let fields = [("Content-Encoding", "gzip"), ("Accept-Encoding", "gzip")]
        let answer = try await client.send("POST", "/v2/models/m/infer", fields: fields, body: body)
        #expect(answer.status == .ok)
        #expect(answer.field("Content-Encoding") == "gzip")
        let missing = try await client.send("POST", "/v2/models/x/infer", fields: fields, body: body)
        #expect(missing.status == .notFound)
        #expect(missing.field("Content-Encoding") == nil)
        #expect(missing.text == #"{"error":"There is no model \"x\"; GET /v1/models lists all there are."}"#)
    }

    @Test(
        arguments: [
            (#"{"inputs":[{"name":"z","shape":[1,1,3,3],"datatype":"FP32",\#(flat)}]}"#, "has no input \"z\""),
            (#"{"inputs":[\#(input(flat))],"outputs":[{"name":"z"}]}"#, "has no output \"z\""),
            (#"{"inputs":[\#(input(flat))],"outputs":[{"name":"y"},{"name":"y"}]}"#, "asked for twice"),
            (#"{"inputs":[{"name":"x","shape":[9],"datatype":"FP32",\#(flat)}]}"#, "takes [any, 1, 3, 3]"),
            (#"{"inputs":[\#(input(#""data":[1]"#))]}"#, "Found 1 elements"),
            (#"{"inputs":[\#(input(flat, type: "BYTES"))]}"#, "/inputs/0/datatype"),
            (#"{"inputs":[\#(input(#""data":[300,2,3,4,5,6,7,8,9]"#, type: "UINT8"))]}"#, "not representable as UINT8"),
            (#"{"inputs":[\#(input(#""data":[1.5,2,3,4,5,6,7,8,9]"#, type: "INT8"))]}"#, "not representable as INT8"),
            (#"{"inputs":[\#(input(#""parameters":{"binary_data_size":36}"#))]}"#, "Found 0 octets"),
            (#"{"inputs":[\#(input(flat + #","parameters":{"binary_data_size":36}"#))]}"#, "Only one of"),
            (#"{"inputs":[\#(input(#""parameters":{"shared_memory_region":"r"}"#))]}"#, "shared_memory_region"),
            (#"{"inputs":[]}"#, "empty list"), (#"{}"#, "inputs"), ("[", "not JSON"),
            (#"{"inputs":[\#(input(flat)),\#(input(flat))]}"#, "more than 1 inputs"),
        ]
    )
    func aRequestThatCannotBeMeantSaysWhy(json: String, sentence: String) async throws {
        let answer = try await infer(client(), json)
        #expect(answer.status == .badRequest)
        #expect(answer.text.hasPrefix(#"{"error":""#))
        #expect(answer.text.replacing("\\\"", with: "\"").contains(sentence), "\(answer.text)")
    }

    @Test(arguments: ["-1", "x", "", "100000", "18446744073709551617"])
    func theLengthOfTheJSONIsANumberWithinTheBody(length: String) async throws {
        let answer = try await client().send(
            "POST",
            "/v2/models/m/infer",
            fields: [("Inference-Header-Content-Length", length)],
            body: Array("{}".utf8)
        )
        #expect(answer.status == .badRequest)
        #expect(answer.text.contains("Inference-Header-Content-Length"))
    }

    @Test func octetsThatAreNobodysAreAnError() async throws {
        let input = Self.input(#""parameters":{"binary_data_size":36}"#)
        let answer = try await infer(client(), #"{"inputs":[\#(input)]}"#, binary: Self.binary + [0])
        #expect(answer.status == .badRequest)
        #expect(answer.text.contains("1 octets behind the JSON"))
    }

    @Test(
        arguments: [
            ("/v2", #"{"name":"convserve","version":"0.1.0","extensions":["binary_tensor_data","#),
            ("/v2/", #"{"name":"convserve""#), ("/v2/health/live", #"{"live":true}"#),
            ("/v2/health/ready", #"{"ready":true}"#), ("/v2/models", #"{"models":["m"]}"#),
            (
                "/v2/models/m",
                #"{"name":"m","versions":["1"],"platform":"convserve_layers","#
                    + #""inputs":[{"name":"x","datatype":"FP32","shape":[-1,1,3,3]}],"#
                    + #""outputs":[{"name":"y","datatype":"FP32","shape":[-1,1,2,2]},"#
            ),
            ("/v2/models/m/versions/1", #"{"name":"m""#), ("/v2/models/m/ready", #"{"name":"m","ready":true}"#),
            ("/v2/models/m/versions/1/ready", #"{"name":"m","ready":true}"#),
        ]
    )
    func whatIsAskedIsAnswered(path: String, start: String) async throws {
        let answer = try await client().send("GET", path)
        #expect(answer.status == .ok)
        #expect(answer.text.hasPrefix(start), "\(answer.text)")
    }

    @Test(
        arguments: [
            ("GET", "/v2/models/x", 404), ("GET", "/v2/models/x/ready", 404), ("GET", "/v2/models/m/versions/2", 404),
            ("GET", "/v2/nothing", 404), ("GET", "/v2/models/m/infer", 405), ("POST", "/v2", 405),
            ("POST", "/v2/repository/models/x/load", 404), ("POST", "/v2/repository/models/m/unload", 400),
            ("POST", "/v2/models/..%2f/infer", 400),
        ]
    )
    func errorsAreOfTheProtocolsForm(method: String, path: String, status: Int) async throws {
        let answer = try await client().send(method, path)
        #expect(answer.status.code == status)
        #expect(answer.text.hasPrefix(#"{"error":""#), "\(answer.text)")
        #expect(answer.field("Content-Type") == "application/json")
    }

    @Test func theRepositoryIsListedAndAModelLoaded() async throws {
        let client = try await client()
        for path in ["/v2/repository/index", "/v2/repository/mine/index"] {
            let index = try await client.send("POST", path)
            #expect(index.text == #"[{"name":"m","version":"1","state":"READY","reason":""}]"#)
        }
        let load = try await client.send("POST", "/v2/repository/models/m/load")
        #expect(load.text == #"{"name":"m","load":true}"#)
    }

    @Test func probesBringNoKey() async throws {
        let keys = try APIKeys(parsing: Array("secret".utf8))
        let client = ServiceClient { $0.keys = keys }
        #expect(try await client.send("GET", "/v2/health/ready").status == .ok)
        let server = try await client.send("GET", "/v2")
        #expect(server.status == .unauthorized)
        #expect(server.text.hasPrefix(#"{"error":""#))
        client.service.startDraining()
        let ready = try await client.send("GET", "/v2/health/ready")
        #expect(ready.status == .serviceUnavailable)
        #expect(try await client.send("GET", "/v2/health/live").status == .ok)
    }
}
