import ConvolutionEngine
import TensorCoding
import TestSupport
import Testing

/// Bodies that are written in pieces.
@Suite struct PieceTests {
    private static let encodings = TensorEncoding.allCases

    private func tensor(_ extents: [Int]) throws -> Tensor {
        let shape = try #require(Shape(checking: extents))
        return try #require(Tensor(shape: shape, elements: (0..<shape.elementCount).map { Float($0 % 1000) / 8 - 50 }))
    }

    /// Laid out first, and then written from the last to the first.
    private func whole(_ body: PiecewiseBody, numbers: Int) -> [UInt8] {
        var rest = body
        var pieces: [PiecewiseBody.Piece] = []
        while let piece = rest.next(numbers: numbers) { pieces.append(piece) }
        #expect(rest.isAtEnd)
        let texts = pieces.reversed().map { piece in
            var text: [UInt8] = []
            body.append(piece, to: &text)
            return text
        }
        return texts.reversed().flatMap(\.self)
    }

    private func written(
        _ tensor: Tensor,
        _ indices: IndexTensor,
        _ encoding: TensorEncoding,
        postponing: Bool
    ) -> JSONWriter {
        var writer = JSONWriter(postponingTensors: postponing)
        writer.beginObject()
        writer.key("output")
        writer.tensor(tensor, encoding: encoding)
        writer.key("shape")
        writer.shape(tensor.shape)
        writer.key("indices")
        writer.tensor(indices, encoding: encoding)
        writer.endObject()
        return writer
    }

    @Test(
        arguments: [
            [1], [7], [1, 1], [3, 1], [1, 3], [5, 6, 7], [2, 3, 4, 5], [2, 1, 3, 1, 2, 1, 2, 1], [0, 4], [2, 0, 3],
        ],
        [1, 2, 3, 5, 16, 1000]
    )
    func piecesOfAnySizeMakeUpTheText(extents: [Int], numbers: Int) throws {
        let tensor = try tensor(extents)
        let indices = try #require(
            IndexTensor(shape: tensor.shape, values: (0..<Int64(tensor.shape.elementCount)).map { $0 * 1_000_003 })
        )
        for encoding in Self.encodings {
            let atOnce = written(tensor, indices, encoding, postponing: false)
            let later = written(tensor, indices, encoding, postponing: true)
            #expect(whole(later.body, numbers: numbers) == atOnce.bytes, "\(encoding)")
            #expect(later.body.whole == atOnce.bytes, "\(encoding)")
            if encoding == .base64 { #expect(later.body.count == atOnce.bytes.count) }
        }
    }

    @Test func aPieceHoldsAboutAsManyNumbersAsItMay() throws {
        var writer = JSONWriter(postponingTensors: true)
        writer.tensor(try tensor([40, 1000]), encoding: .nested)
        var rest = writer.body
        var sizes: [Int] = []
        while let piece = rest.next(numbers: 8192) {
            var text: [UInt8] = []
            writer.body.append(piece, to: &text)
            sizes.append(text.count)
        }
        #expect(sizes.count == 5)
        #expect(sizes.allSatisfy { $0 < 8192 * 10 })
    }

    @Test func filesInPiecesHaveTheLengthThatIsAnnounced() throws {
        let tensor = try tensor([3, 5, 7])
        for body in [NpyFile.body(tensor), SafetensorsFile.body([("a", .tensor(tensor)), ("b", .tensor(tensor))])] {
            let octets = whole(body, numbers: 10)
            #expect(octets == body.whole)
            #expect(octets.count == body.count)
        }
    }
}
