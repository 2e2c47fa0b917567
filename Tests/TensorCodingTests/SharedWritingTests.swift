import ConvolutionEngine
import TensorCoding
import Testing

@Suite struct SharedWritingTests {
    @Test(
        arguments: [
            [1, 64, 80, 80], [400_000], [1, 1, 400_001], [400_003, 1], [7, 11, 13, 5, 80], [2, 200_001],
            [1, 1, 1, 1, 1, 1, 400_000, 1],
        ]
    )
    func aTeamWritesTheSameText(extents: [Int]) throws {
        let shape = try #require(Shape(checking: extents))
        let elements = (0..<shape.elementCount).map { Float($0 % 1000) / 8 - 50 }
        let tensor = try #require(Tensor(shape: shape, elements: elements))
        for encoding in [TensorEncoding.nested, .flat] {
            var alone = JSONWriter()
            alone.tensor(tensor, encoding: encoding)
            var shared = JSONWriter(team: Team(size: 3))
            shared.tensor(tensor, encoding: encoding)
            #expect(shared.bytes == alone.bytes, "\(encoding)")
        }
    }
}
