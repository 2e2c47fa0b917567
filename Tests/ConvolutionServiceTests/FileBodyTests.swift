import ConvolutionEngine
import HTTPServer
import HTTPTypes
import TensorCoding
import Testing

@testable import ConvolutionService

@Suite struct FileBodyTests {
    private static let npy = ("Content-Type", "application/x-npy")
    private static let safetensors = ("Content-Type", "application/vnd.safetensors")

    private func tensor(_ shape: [Int], _ elements: [Float]) throws -> Tensor {
        let shape = try #require(Shape(checking: shape))
        return try #require(Tensor(shape: shape, elements: elements))
    }

    private func file(_ tensor: Tensor) -> [UInt8] {
        NpyFile.body(tensor).whole
    }

    @Test func anNpyBodyIsTheInputAndTheQueryHasTheParameters() async throws {
        let body = file(try tensor([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]))
        let answer = try await ServiceClient().send(
            "POST",
            "/v1/max_pool2d?kernel_size=2&stride=1",
            fields: [Self.npy],
            body: body
        )
        #expect(answer.text == #"{"output":[[5,6],[8,9]],"shape":[2,2]}"#)
        let edges = try await ServiceClient().send("POST", "/v1/conv2d?kernel=box3", fields: [Self.npy], body: body)
        #expect(edges.text == #"{"output":[[5]],"shape":[1,1]}"#)
    }

    @Test func anAcceptedFormIsTheAnswersForm() async throws {
        let body = file(try tensor([2, 2], [-1, 2, -3, 4]))
        let accept = ("Accept", "application/x-npy")
        let answer = try await ServiceClient().send("POST", "/v1/relu", fields: [Self.npy, accept], body: body)
        #expect(answer.body == file(try tensor([2, 2], [0, 2, 0, 4])))
        #expect(answer.field("Content-Type") == "application/x-npy")
        #expect(answer.field("X-Tensor-Shape") == "2,2")
        let pool = try await ServiceClient().post(
            "/v1/max_pool2d",
            #"{"input":[[1,2],[3,4]],"kernel_size":2,"return_indices":true}"#,
            fields: [("Accept", "application/vnd.safetensors")]
        )
        let (tensors, _) = try SafetensorsFile.read(pool.body.span.bytes)
        #expect(tensors.all.map(\.name) == ["indices", "output"])
    }

    @Test func aSafetensorsBodyHasTensorsByNameAndParametersInItsMetadata() async throws {
        let input = try tensor([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])
        let weight = try tensor([2, 2], [0, 1, 2, 3])
        let body = self.body([("input", input), ("weight", weight)], parameters: #"{\"stride\":1}"#)
        let answer = try await ServiceClient().send("POST", "/v1/conv2d", fields: [Self.safetensors], body: body)
        #expect(answer.text == #"{"output":[[25,31],[43,49]],"shape":[2,2]}"#)
        let layers = #"{\"layers\":[{\"type\":\"conv2d\",\"weight\":{\"tensor\":\"w\"}}]}"#
        let network = self.body([("input", input), ("w", weight)], parameters: layers)
        let forward = try await ServiceClient().send("POST", "/v1/forward", fields: [Self.safetensors], body: network)
        #expect(forward.text.hasPrefix(#"{"output":[[25,31],[43,49]],"shape":[2,2],"#))
    }

    /// A file whose header names the tensors, and has metadata.
    private func body(_ tensors: [(String, Tensor)], parameters: String) -> [UInt8] {
        var (header, data, end) = (#"{"__metadata__":{"parameters":"\#(parameters)"}"#, [UInt8](), 0)
        for (name, tensor) in tensors {
            let begin = end
            end += 4 * tensor.shape.elementCount
            header += #","\#(name)":{"dtype":"F32","shape":\#(Array(tensor.shape)),"data_offsets":[\#(begin),\#(end)]}"#
            tensor.withElements { data += UnsafeRawBufferPointer($0) }
        }
        header += "}"
        return (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8) + data
    }

    @Test(
        arguments: [
            ("/v1/relu", "application/x-npy", [1, 2, 3], 400), ("/v1/relu", "application/vnd.safetensors", [1], 400),
            ("/v1/shapes", "application/x-npy", [1], 415), ("/v1/relu", "application/x-numpy", [1], 415),
        ] as [(String, String, [UInt8], Int)]
    )
    func whatIsNoSuchFileIsRefused(path: String, type: String, body: [UInt8], status: Int) async throws {
        let answer = try await ServiceClient().send("POST", path, fields: [("Content-Type", type)], body: body)
        #expect(answer.status.code == status)
    }

    @Test func anUnknownParameterOrATensorTooManyIsAnError() async throws {
        let input = try tensor([1], [1])
        let query = try await ServiceClient().send("POST", "/v1/relu?strid=2", fields: [Self.npy], body: file(input))
        #expect(query.status == .unprocessableContent)
        let more = body([("input", input), ("wieght", input)], parameters: "{}")
        let tensors = try await ServiceClient().send("POST", "/v1/relu", fields: [Self.safetensors], body: more)
        #expect(tensors.status == .unprocessableContent)
    }

    @Test(
        arguments: [
            ([], "application/json"), (["*/*"], "application/json"), (["application/*"], "application/json"),
            (["application/x-npy"], "application/x-npy"), (["application/x-npy, */*"], "application/x-npy"),
            (["application/x-npy;q=0.5, application/json"], "application/json"),
            (["application/json;q=0, */*"], "application/x-npy"), (["text/html"], nil),
        ] as [([String], String?)]
    )
    func theBestFormIsTheHeaviestThenTheMostPrecise(fields: [String], form: String?) {
        #expect(Accept.best(of: BodyForm.allCases.map(\.rawValue), fields: fields) == form)
    }
}
