import ConvolutionEngine
import TestSupport
import Testing

@testable import TensorCoding

/// Texts that several threads read.
@Suite struct SharedReadingTests {
    /// The test's own: another's work would leave it no free threads. Texts are cut after so few octets that short ones
    /// have many parts.
    private let sharing = SharedReading(team: Team(size: 3), smallest: 1000, segment: 256)
    private static let number = "-0.0012345"

    /// Arrays inside arrays of this shape; the numbers differ.
    private func text(_ extents: [Int], space: String = "") -> String {
        guard let extent = extents.first else { return Self.number }
        let inner = text(Array(extents.dropFirst()), space: space)
        return "[" + Array(repeating: inner, count: extent).joined(separator: ",\(space)") + "]"
    }

    private func numbered(_ text: String) -> [UInt8] {
        var count = 0
        var octets = Array(text.utf8)
        for index in octets.indices where octets[index] == UInt8(ascii: ".") {
            octets[index + 4] = UInt8(ascii: "0") + UInt8(count % 10)
            octets[index + 6] = UInt8(ascii: "0") + UInt8(count / 10 % 10)
            count += 1
        }
        return octets
    }

    private enum Outcome: Equatable {
        case tensor(Shape, [UInt32])
        case error(CodingError)
    }

    private func outcome(_ text: [UInt8], _ sharing: SharedReading?) -> Outcome {
        do throws(CodingError) {
            let tensor = try JSONReader.document(text.span.bytes, sharing: sharing) { reader throws(CodingError) in
                try reader.tensor()
            }
            return .tensor(tensor.shape, tensor.withElements { $0.map(\.bitPattern) })
        } catch {
            return .error(error)
        }
    }

    private func expectTheSame(_ text: [UInt8], _ name: String) {
        #expect(text.count > sharing.smallest)
        #expect(outcome(text, sharing) == outcome(text, nil), "\(name)")
    }

    @Test(
        arguments: [
            [200_000], [400, 500], [200_000, 1], [1, 200_000], [3, 70, 1000], [2, 2, 2, 25_000],
            [10, 10, 10, 10, 20, 1],
            [66_667, 3], [1, 1, 1, 1, 1, 1, 1, 200_000],
        ]
    )
    func theTensorIsTheSame(extents: [Int]) throws {
        let octets = numbered(text(extents))
        expectTheSame(octets, "\(extents)")
        guard case .tensor(let shape, _) = outcome(octets, sharing) else {
            Issue.record("no tensor")
            return
        }
        #expect(Array(shape) == extents)
        var reader = JSONReader(octets.span.bytes, sharing: sharing)
        var elements = FloatElements()
        #expect(elements.readShared(&reader, rank: nil) == shape)
    }

    @Test func whiteSpaceAndTheFlatFormAreReadToo() throws {
        expectTheSame(numbered(text([20, 50], space: "\n    ")), "spaced")
        let flat = #"{"shape":[20,50],"data":"# + text([1000]) + "}"
        expectTheSame(numbered(flat), "flat")
        let wrong = #"{"shape":[20,50],"data":"# + text([20, 50]) + "}"
        expectTheSame(numbered(wrong), "nested in flat")
    }

    /// Each replaces the octets at some place in the text of 40 × 50 numbers.
    @Test(
        arguments: [
            "]", "[", ",", " ", "x", "\"NaN\"", "\"", "[]", "],[", "],", ",[", "[[", "]]", "null", "{}", "1e99", "1e-3",
            "",
            "-", "01", "]]]]]]]]]]", "[[[[[[[[[[",
        ]
    )
    func whatIsWrongIsFoundAtItsPlace(replacement: String) {
        let octets = numbered(text([40, 50]))
        for place in [10, 250, 255, 260, 700, 3000, octets.count - 30, octets.count - 3] {
            var changed = octets
            changed.replaceSubrange(place..<place + 2, with: Array(replacement.utf8))
            expectTheSame(changed, "\(replacement) at \(place)")
        }
    }

    @Test func aTextThatIsCutOffOrGoesOnIsMalformed() {
        let octets = numbered(text([40, 50]))
        for count in [octets.count - 1, octets.count - 2, octets.count - 20, 3000] {
            expectTheSame(Array(octets.prefix(count)), "\(count) octets")
        }
        expectTheSame(octets + [UInt8(ascii: "]")], "one bracket more")
        expectTheSame(octets + Array(",[1]".utf8), "another array")
    }

    @Test func whatComesBehindTheArrayIsLeftAlone() throws {
        let body =
            Array(#"{"input":"#.utf8) + numbered(text([40, 50])) + Array(#","weight":[[1,2],[3,4]],"data":[5]}"#.utf8)
        let shapes = try JSONReader.document(body.span.bytes, sharing: sharing) { reader throws(CodingError) in
            var shapes: [[Int]] = []
            try reader.members { reader, _ throws(CodingError) in shapes.append(Array(try reader.tensor().shape)) }
            return shapes
        }
        #expect(shapes == [[40, 50], [2, 2], [1]])
    }

    @Test func requestsToModelsAreReadTogetherToo() throws {
        let extents = [4, 100_000], team = Team(size: 2)
        let numbers = text(extents)
        #expect(numbers.utf8.count > SharedReading(team: team).smallest)
        let forward = Array("{\"input\":\(numbers)}".utf8)
        let forwarded = try ModelRequest.decode(body: forward.span.bytes, team: team).input
        let inputs = #"{"inputs":[{"name":"x","datatype":"FP32","shape":[4,100000],"data":\#(numbers)}]}"#
        let infer = Array(inputs.utf8)
        let inferred = try InferenceRequest.decode(body: infer.span.bytes, jsonCount: infer.count, team: team).input
        for tensor in [forwarded, inferred] {
            #expect(Array(tensor.shape) == extents)
            #expect(tensor.withElements { elements in elements.allSatisfy { $0 == -0.0012345 } })
        }
    }
}
