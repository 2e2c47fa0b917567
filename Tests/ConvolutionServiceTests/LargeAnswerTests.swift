import Compression
import ConvolutionService
import HTTPServer
import Synchronization
import TensorCoding
import TestSupport
import Testing

/// Answers that are made while they are sent.
@Suite struct LargeAnswerTests {
    /// A checkerboard of 2 × 2 made 600 × 700: each number is known, and nothing of it fits one piece.
    private func request(_ encoding: TensorEncoding = .nested) -> String {
        #"{"input":[[0.5,-1],[2,3]],"size":[600,700],"encoding":"\#(encoding.rawValue)"}"#
    }

    private func row(_ left: String, _ right: String) -> String {
        (Array(repeating: left, count: 350) + Array(repeating: right, count: 350)).joined(separator: ",")
    }

    private var rows: [String] {
        Array(repeating: row("0.5", "-1"), count: 300) + Array(repeating: row("2", "3"), count: 300)
    }

    @Test func theTextIsTheSameAsOfASmallAnswer() async throws {
        let nested = try await ServiceClient().post("/v1/upsample", request())
        #expect(nested.stream?.count == nil)
        let text = "[" + rows.map { "[\($0)]" }.joined(separator: ",") + "]"
        #expect(nested.text == #"{"output":\#(text),"shape":[600,700]}"#)
        let flat = try await ServiceClient().post("/v1/upsample", request(.flat))
        #expect(
            flat.text
                == #"{"output":{"shape":[600,700],"data":[\#(rows.joined(separator: ","))]},"shape":[600,700]}"#
        )
    }

    @Test(arguments: ["gzip", "deflate"])
    func itIsCompressedWhileItIsSent(coding: String) async throws {
        let plain = try await ServiceClient().post("/v1/upsample", request())
        let coded = try await ServiceClient().post("/v1/upsample", request(), fields: [("Accept-Encoding", coding)])
        #expect(coded.field("content-encoding") == coding)
        #expect(coded.stream != nil && coded.stream?.count == nil)
        var inflater = try Inflater(try #require(ContentCoding(rawValue: coding)), limit: 100 << 20)
        var output: [UInt8] = []
        try inflater.append(coded.body.span.bytes, to: &output)
        try inflater.finish()
        #expect(output == plain.body)
    }

    @Test(arguments: ["application/x-npy", "application/vnd.safetensors"])
    func filesHaveALengthFromTheStart(type: String) async throws {
        let answer = try await ServiceClient().post("/v1/upsample", request(), fields: [("Accept", type)])
        #expect(answer.stream?.count == answer.body.count)
        #expect(answer.body.count > 4 * 600 * 700)
        #expect(answer.body.suffix(4).elementsEqual([0, 0, 0x40, 0x40]))
    }

    @Test func base64HasALengthFromTheStart() async throws {
        let answer = try await ServiceClient().post("/v1/upsample", request(.base64))
        #expect(answer.stream?.count == answer.body.count)
    }

    @Test func theAnswerIsLoggedOnceWithWhatWasSent() async throws {
        let log = LogBook()
        let client = ServiceClient(accessLogger: log.logger)
        let answer = try await client.post("/v1/upsample", request())
        #expect(await eventually { log.lines.count == 1 })
        #expect(log.lines.first?["sent"] == "\(answer.body.count)")
        let metrics = try await client.send("GET", "/metrics").text
        #expect(metrics.contains("convserve_response_bytes_total \(answer.body.count)\n"))
    }
}
