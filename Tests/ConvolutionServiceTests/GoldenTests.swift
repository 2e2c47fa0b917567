import Foundation
import HTTPServer
import HTTPTypes
import Testing

/// Every operation against PyTorch's numbers, request and answer as a client sees them.
@Suite struct GoldenTests {
    @Test(arguments: [
        "convolutions.json", "transposed.json", "pools.json", "functions.json", "networks.json", "tensors.json",
    ])
    func everyAnswerIsPyTorchs(file: String) async throws {
        let client = ServiceClient()
        let cases = try GoldenCase.read(file)
        #expect(!cases.isEmpty)
        for golden in cases {
            let response = try await client.post(golden.path, golden.request)
            guard response.status == .ok else {
                Issue.record("\(golden.testDescription): \(response.status) \(response.text.prefix(500))")
                continue
            }
            let answer = try Answer(response.body)
            check(answer.main, golden.output, golden)
            if let indices = golden.indices {
                #expect(answer.indices == indices.values, "\(golden.testDescription): indices")
            }
            for (name, expected) in golden.outputs {
                let named = try #require(answer.outputs[name], "\(golden.testDescription): output \(name)")
                check(named, expected, golden)
            }
            if let shapes = golden.layerShapes { #expect(answer.layerShapes == shapes, "\(golden.testDescription)") }
        }
    }

    private func check(_ found: GoldenTensor, _ expected: GoldenTensor, _ golden: GoldenCase) {
        #expect(found.shape == expected.shape, "\(golden.testDescription)")
        guard found.elements.count == expected.elements.count else {
            Issue.record("\(golden.testDescription): \(found.elements.count) of \(expected.elements.count) elements")
            return
        }
        let wrong = zip(found.elements, expected.elements).enumerated()
            .filter { !golden.tolerance.accepts($0.element.0, $0.element.1) }
        if let first = wrong.first {
            Issue.record(
                """
                \(golden.testDescription): \(wrong.count) of \(expected.elements.count) elements differ, the first at \
                \(first.offset): found \(first.element.0), expected \(first.element.1)
                """
            )
        }
    }
}

/// An answer's tensors, read by Foundation's own JSON reader.
private struct Answer {
    let main: GoldenTensor
    let indices: [Int]?
    let outputs: [String: GoldenTensor]
    let layerShapes: [[Int]]

    init(_ body: [UInt8]) throws {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        main = try GoldenTensor(answer: object)
        indices = try object["indices"].map(Self.integers)
        outputs = try (object["outputs"] as? [String: [String: Any]] ?? [:]).mapValues { try GoldenTensor(answer: $0) }
        layerShapes = (object["layers"] as? [[String: Any]] ?? []).compactMap { $0["shape"] as? [Int] }
    }

    /// The numbers of an index tensor in any form; base64 holds little-endian int64.
    private static func integers(_ value: Any) throws -> [Int] {
        guard let text = (value as? [String: Any])?["data_base64"] as? String else {
            return flatten(value).map { Int($0) }
        }
        let data = try #require(Data(base64Encoded: text))
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map { Int(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self).littleEndian) }
        }
    }

    /// The numbers of a nested or flat tensor, row-major.
    static func flatten(_ value: Any) -> [Double] {
        switch value {
        case let list as [Any]: list.flatMap(flatten)
        case let number as NSNumber: [number.doubleValue]
        case let text as String: [Double(text) ?? .signalingNaN]
        case let object as [String: Any]: object["data"].map(flatten) ?? []
        default: []
        }
    }
}

extension GoldenTensor {
    fileprivate init(answer object: [String: Any]) throws {
        shape = try #require(object["shape"] as? [Int])
        let output = try #require(object["output"])
        if let text = (output as? [String: Any])?["data_base64"] as? String {
            elements = try GoldenTensor.elements(base64: text)
        } else {
            elements = Answer.flatten(output).map { Float($0) }
        }
    }
}
