import ConvolutionEngine
import Testing

@Suite struct ShapeTests {
    @Test func theElementCountIsTheProductOfTheExtents() throws {
        let shape = try #require(Shape(checking: [2, 3, 4]))
        #expect(shape.elementCount == 24)
        #expect(Array(shape) == [2, 3, 4])
        #expect(shape.description == "[2, 3, 4]")
    }

    @Test func aProductThatOverflowsIsRefusedEvenBesideAZero() {
        #expect(Shape(checking: [1 << 40, 1 << 40]) == nil)

        #expect(Shape(checking: [1 << 40, 1 << 40, 0]) == nil)
    }

    @Test func negativeExtentsAndNineAxesAreRefused() {
        #expect(Shape(checking: [2, -1]) == nil)
        #expect(Shape(checking: Array(repeating: 1, count: 9)) == nil)
        #expect(Shape(checking: Array(repeating: 1, count: 8)) != nil)
    }
}
