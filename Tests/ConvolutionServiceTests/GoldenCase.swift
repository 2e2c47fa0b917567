import Foundation
import Testing

/// One case of `Tests/Cases/*.json`: what PyTorch answers to a request (see the README beside them).
struct GoldenCase: Sendable, CustomTestStringConvertible {
    let name: String
    let path: String
    /// The body, as JSON.
    let request: String
    let output: GoldenTensor
    let indices: GoldenIndices?
    let outputs: [String: GoldenTensor]
    let layerShapes: [[Int]]?
    let tolerance: Tolerance

    var testDescription: String { "\(path): \(name)" }

    struct Tolerance: Sendable {
        let absolute: Double
        let relative: Double

        /// |found − expected| ≤ absolute + relative · |expected|; NaN meets NaN only, an infinity itself only.
        func accepts(_ found: Float, _ expected: Float) -> Bool {
            if expected.isNaN { return found.isNaN }
            if expected.isInfinite { return found == expected }
            let (found, expected) = (Double(found), Double(expected))
            return (found - expected).magnitude <= absolute + relative * expected.magnitude
        }
    }
}

struct GoldenTensor: Sendable {
    let shape: [Int]
    let elements: [Float]
}

struct GoldenIndices: Sendable {
    let shape: [Int]
    let values: [Int]
}

extension GoldenCase {
    struct Unreadable: Error { let what: String }

    /// All cases of one file in `Tests/Cases`: one on each line of a JSON array.
    static func read(_ file: String) throws -> [GoldenCase] {
        let text = try String(contentsOf: TestCases.folder.appending(path: file), encoding: .utf8)
        return try text.split(separator: "\n").filter { $0.hasPrefix("{") }.map { line in
            try GoldenCase(line: line.hasSuffix(",") ? String(line.dropLast()) : String(line))
        }
    }

    private init(line: String) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let name = object["name"] as? String, let operation = object["operation"] as? String,
            // The request goes out to the letter: read and written again, its numbers would be rounded to doubles.
            let start = line.range(of: "\"request\":")?.upperBound,
            let end = line.range(of: ",\"expected\":", options: .backwards)?.lowerBound,
            let expected = object["expected"] as? [String: Any],
            let tolerance = object["tolerance"] as? [String: Double],
            let absolute = tolerance["absolute"], let relative = tolerance["relative"]
        else { throw Unreadable(what: String(line.prefix(200))) }
        self.name = name
        path = "/v1/\(operation)"
        request = String(line[start..<end])
        output = try GoldenTensor(expected)
        indices = try (expected["indices"] as? [String: Any]).map(GoldenIndices.init)
        outputs = try (expected["outputs"] as? [String: [String: Any]] ?? [:]).mapValues(GoldenTensor.init)
        layerShapes = expected["layer_shapes"] as? [[Int]]
        self.tolerance = Tolerance(absolute: absolute, relative: relative)
    }
}

extension GoldenTensor {
    fileprivate init(_ object: [String: Any]) throws {
        guard let shape = object["shape"] as? [Int], let text = object["data_base64"] as? String else {
            throw GoldenCase.Unreadable(what: "a tensor")
        }
        self.shape = shape
        elements = try GoldenTensor.elements(base64: text)
    }

    /// Little-endian float32.
    static func elements(base64 text: String) throws -> [Float] {
        guard let data = Data(base64Encoded: text) else { throw GoldenCase.Unreadable(what: "base64") }
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { place in
                Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self).littleEndian)
            }
        }
    }
}

extension GoldenIndices {
    fileprivate init(_ object: [String: Any]) throws {
        guard let shape = object["shape"] as? [Int], let values = object["values"] as? [Int] else {
            throw GoldenCase.Unreadable(what: "indices")
        }
        self.shape = shape
        self.values = values
    }
}

enum TestCases {
    /// `Tests/Cases`
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Cases")
}
