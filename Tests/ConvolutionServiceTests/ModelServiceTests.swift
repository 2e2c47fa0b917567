import ConvolutionEngine
import HTTPServer
import HTTPTypes
import ModelStore
import TensorCoding
import Testing

@testable import ConvolutionService

@Suite struct ModelServiceTests {
    private static let model =
        #"{"input_shape":[null,1,3,3],"layers":[{"type":"conv2d","name":"c","weight":[[0,1],[2,3]]}]}"#
    private static let input = #"{"input":[[[[1,2,3],[4,5,6],[7,8,9]]]]}"#

    private func put(
        _ client: ServiceClient,
        _ path: String,
        _ body: String,
        _ fields: [(String, String)] = [("Content-Type", "application/json")]
    ) async throws -> Response {
        try await client.send("PUT", path, fields: fields, body: Array(body.utf8))
    }

    @Test func aModelIsPutUsedListedAndDeleted() async throws {
        let client = ServiceClient()
        let created = try await put(client, "/v1/models/edge", Self.model)
        #expect(created.status.code == 201)
        let tag = try #require(created.field("ETag"))
        #expect(tag.count == 66)
        #expect(created.text.hasPrefix(#"{"name":"edge","state":"ready","etag":""#))
        #expect(created.text.contains(#""input":{"name":"input","shape":[null,1,3,3]}"#))
        #expect(created.text.contains(#""outputs":[{"name":"c","shape":[null,1,2,2]}]"#))
        #expect(created.text.contains(#""parameters":4,"macs":16"#))

        let answer = try await client.post("/v1/models/edge/forward", Self.input)
        #expect(answer.text.hasPrefix(#"{"output":[[[[25,31],[43,49]]]],"shape":[1,1,2,2],"layers":[{"name":"c","#))

        #expect(try await put(client, "/v1/models/edge", Self.model).status.code == 200)
        let list = try await client.send("GET", "/v1/models")
        #expect(list.text.hasPrefix(#"{"models":[{"name":"edge","state":"ready""#))
        let one = try await client.send("GET", "/v1/models/edge")
        #expect(one.text == created.text)
        #expect(one.field("ETag") == tag)
        let known = try await client.send("GET", "/v1/models/edge", fields: [("If-None-Match", "W/" + tag)])
        #expect(known.status.code == 304)
        #expect(known.body.isEmpty)

        #expect(try await client.send("DELETE", "/v1/models/edge").status.code == 204)
        #expect(try await client.send("DELETE", "/v1/models/edge").status.code == 404)
        #expect(try await client.send("GET", "/v1/models/edge").status.code == 404)
        #expect(try await client.post("/v1/models/edge/forward", Self.input).status.code == 404)
        #expect(try await client.send("GET", "/v1/models").text == #"{"models":[]}"#)
    }

    @Test func theWeightsMayComeAsAFileInAForm() async throws {
        let client = ServiceClient()
        let shape = try #require(Shape(checking: [1, 1, 2, 2]))
        let weight = try #require(Tensor(shape: shape, elements: [0, 1, 2, 3]))
        let file = SafetensorsFile.body([("c.weight", .tensor(weight))]).whole
        let json = #"{"input_shape":[null,1,3,3],"weights":"pytorch","layers":[{"type":"conv2d","name":"c"}]}"#
        let start =
            "--x-y\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n\(json)\r\n"
            + "--x-y\r\nContent-Disposition: form-data; name=\"weights\"; filename=\"w\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
        let body = Array(start.utf8) + file + Array("\r\n--x-y--\r\n".utf8)
        let created = try await client.send(
            "PUT",
            "/v1/models/edge",
            fields: [("Content-Type", "multipart/form-data; boundary=\"x-y\"")],
            body: body
        )
        #expect(created.status.code == 201, "\(created.text)")
        let answer = try await client.post("/v1/models/edge/forward", Self.input)
        #expect(answer.text.hasPrefix(#"{"output":[[[[25,31],[43,49]]]]"#))
    }

    @Test func inputAndAnswerTakeAllForms() async throws {
        let client = ServiceClient()
        _ = try await put(client, "/v1/models/edge", Self.model)
        let shape = try #require(Shape(checking: [1, 1, 3, 3]))
        let input = try #require(Tensor(shape: shape, elements: [1, 2, 3, 4, 5, 6, 7, 8, 9]))
        let npy = NpyFile.body(input).whole
        let safetensors = SafetensorsFile.body([("picture", .tensor(input))]).whole
        let bodies = [("application/x-npy", npy), ("application/vnd.safetensors", safetensors)]
        for (type, body) in bodies {
            for accept in ["application/json", "application/x-npy", "application/vnd.safetensors"] {
                let fields = [("Content-Type", type), ("Accept", accept)]
                let answer = try await client.send("POST", "/v1/models/edge/forward", fields: fields, body: body)
                #expect(answer.status == .ok)
                #expect(answer.field("Content-Type") == accept)
            }
        }
    }

    @Test func outputsAreThoseOfTheModelUnlessOthersAreAskedFor() async throws {
        let client = ServiceClient()
        let model =
            #"{"input_shape":[2],"outputs":["a","b"],"layers":[{"type":"relu","name":"a"},"#
            + #"{"type":"add","name":"b","inputs":["a","input"]},{"type":"relu","name":"c"}]}"#
        _ = try await put(client, "/v1/models/m", model)
        let all = try await client.post("/v1/models/m/forward", #"{"input":[-1,2]}"#)
        #expect(all.text.hasPrefix(#"{"output":[0,2],"shape":[2],"#))
        #expect(all.text.hasSuffix(#""outputs":{"b":{"output":[-1,4],"shape":[2]}}}"#))
        let asked = try await client.post("/v1/models/m/forward", #"{"input":[-1,2],"outputs":["c"]}"#)
        #expect(asked.text.hasPrefix(#"{"output":[0,2],"#))
        #expect(asked.text.hasSuffix(#""outputs":{"c":{"output":[0,4],"shape":[2]}}}"#))
        let none = try await client.post("/v1/models/m/forward", #"{"input":[-1,2],"outputs":["d"]}"#)
        #expect(none.status.code == 422)
        #expect(none.text.contains("/outputs/0"))
    }

    @Test(
        arguments: [
            ("PUT", "/v1/models/..%2Fa", 422, "is not a name of a model"),
            ("PUT", "/v1/models/%2e%2e", 422, "is not a name of a model"),
            ("PUT", "/v1/models/" + String(repeating: "x", count: 300), 422, "is not a name of a model"),
            ("GET", "/v1/models/.hidden", 422, "is not a name of a model"),
            ("DELETE", "/v1/models/a%00b", 422, "is not a name of a model"),
            ("GET", "/v1/models/a/b", 404, "Nothing is at"), ("GET", "/v1/models/", 404, "Nothing is at"),
            ("GET", "/v1/modelsx", 404, "There is no operation"), ("POST", "/v1/models", 405, "answers GET"),
            ("POST", "/v1/models/a", 405, "answers GET"), ("GET", "/v1/models/a/forward", 405, "answers POST"),
        ]
    )
    func aPathThatIsNoneIsRefused(method: String, path: String, status: Int, detail: String) async throws {
        let answer = try await ServiceClient().send(
            method,
            path,
            body: method == "PUT" ? Array("{}".utf8) : []
        )
        #expect(answer.status.code == status)
        #expect(answer.text.contains(detail))
    }

    @Test(
        arguments: [
            (#"{"input":[[[1]]]}"#, 422, "/input", "takes [any, 1, 3, 3]"),
            (#"{"input":[[[[1,2,3],[4,5,6],[7,8,9]]]],"output":["c"]}"#, 422, "/output", "did you mean"),
            (#"{}"#, 422, nil, "input"), ("[", 400, nil, "not JSON"),
        ] as [(String, Int, String?, String)]
    )
    func aRequestThatDoesNotFitSaysWhy(body: String, status: Int, pointer: String?, detail: String) async throws {
        let client = ServiceClient()
        _ = try await put(client, "/v1/models/edge", Self.model)
        let answer = try await client.post("/v1/models/edge/forward", body)
        #expect(answer.status.code == status)
        #expect(answer.text.contains(detail))
        if let pointer { #expect(answer.text.contains(#""pointer":"\#(pointer)""#)) }
    }

    @Test(
        arguments: [
            ("application/x-npy", "{}", 415, "not understood"), ("multipart/form-data", "", 415, "no boundary"),
            ("multipart/form-data; boundary=a", "--b", 400, "multipart"),
            ("application/json", "{", 400, "not JSON"),
            (
                "application/json", #"{"input_shape":[1,1,3,3],"layers":[{"type":"conv2d","weight":[[[[1]],[[1]]]]}]}"#,
                422, "Layer 0, for an input of [1, 1, 3, 3]"
            ),
            (
                "application/json", #"{"input_shape":[1],"layers":[{"type":"prelu","weight":["NaN"]}]}"#, 422,
                "Element 0 is NaN"
            ),
        ]
    )
    func aModelThatDoesNotFitSaysWhyAndIsNotKept(
        type: String,
        body: String,
        status: Int,
        detail: String
    ) async throws {
        let client = ServiceClient()
        let answer = try await put(client, "/v1/models/m", body, [("Content-Type", type)])
        #expect(answer.status.code == status)
        #expect(answer.text.contains(detail), "\(answer.text)")
        #expect(try await client.send("GET", "/v1/models").text == #"{"models":[]}"#)
    }

    @Test func conditionsAreHeldAgainstTheModelThereIs() async throws {
        let client = ServiceClient()
        let json = ("Content-Type", "application/json")
        #expect(try await put(client, "/v1/models/m", Self.model, [json, ("If-Match", "*")]).status.code == 412)
        let new = try await put(client, "/v1/models/m", Self.model, [json, ("If-None-Match", "*")])
        #expect(new.status.code == 201)
        let tag = try #require(new.field("ETag"))
        #expect(try await put(client, "/v1/models/m", Self.model, [json, ("If-None-Match", "*")]).status.code == 412)
        #expect(try await put(client, "/v1/models/m", Self.model, [json, ("If-Match", "\"a\", " + tag)]).status == .ok)
        #expect(try await put(client, "/v1/models/m", Self.model, [json, ("If-Match", "W/" + tag)]).status.code == 412)
        #expect(try await put(client, "/v1/models/m", Self.model, [json, ("If-Match", "a")]).status.code == 400)
        #expect(try await client.send("DELETE", "/v1/models/m", fields: [("If-Match", "\"a\"")]).status.code == 412)
        #expect(try await client.send("DELETE", "/v1/models/m", fields: [("If-Match", tag)]).status.code == 204)
    }

    @Test func aModelIsReplacedWhileRequestsRun() async throws {
        let client = ServiceClient()
        let models = [1, 2].map { #"{"input_shape":[null,1],"layers":[{"type":"linear","weight":[[\#($0)]]}]}"# }
        _ = try await put(client, "/v1/models/m", models[0])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for turn in 0..<40 {
                    let answer = try await put(client, "/v1/models/m", models[turn % 2])
                    #expect(answer.status == .ok)
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    for batch in 1...40 {
                        let rows = Array(repeating: "[3]", count: batch).joined(separator: ",")
                        let answer = try await client.post("/v1/models/m/forward", #"{"input":[\#(rows)]}"#)
                        #expect(answer.status == .ok)
                        // All by the same model.
                        let one = answer.text.hasPrefix(#"{"output":[[3]"#) ? "[3]" : "[6]"
                        let expected = Array(repeating: one, count: batch).joined(separator: ",")
                        #expect(answer.text.hasPrefix(#"{"output":[\#(expected)]"#))
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
