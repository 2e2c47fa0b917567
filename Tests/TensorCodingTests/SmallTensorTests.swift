import ConvolutionEngine
import TestSupport
import Testing

@testable import TensorCoding

/// Texts that are read at once, beside the careful reader: behind a long text nothing is taken to be small.
@Suite struct SmallTensorTests {
    private enum Outcome: Equatable {
        case tensor(Shape, [UInt32])
        case error(CodingError)
    }

    private func outcome(_ text: String) -> Outcome {
        switch readTensor(text) {
        case .success(let tensor): .tensor(tensor.shape, tensor.withElements { $0.map(\.bitPattern) })
        case .failure(let error): .error(error)
        }
    }

    private static let behind = String(repeating: " ", count: 1100)

    private func expectTheSame(_ text: String, _ note: String = "") {
        #expect(outcome(text) == outcome(text + Self.behind), "\(text) \(note)")
    }

    /// Whether it is read at once.
    private func isSmall(_ text: String) -> Bool {
        let octets = Array(text.utf8)
        var reader = JSONReader(octets.span.bytes)
        var elements = FloatElements()
        guard elements.readSmall(&reader) != nil else { return false }
        return reader.position == octets.count
    }

    @Test(arguments: [
        "[1]", "[[1,2,3],[4,5,6]]", "[ [ 1 , -2.5 ] , [ 0 , -0 ] ]", "[[[[[[[[7]]]]]]]]", "[\n1.25,\t3\r]",
    ])
    func commonTensorsAreReadAtOnce(text: String) {
        #expect(isSmall(text))
        expectTheSame(text)
    }

    @Test(arguments: [
        "[]", "[[]]", "[[],[]]", "[1,]", "[,1]", "[1 2]", "[[1],[2,3]]", "[[1,2],[3]]", "[[1],2]", "[1,[2]]", "[1]]",
        "[01]", "[-]", "[1.]", "[.5]", "[1e5]", "[1E-5]", "[1234567890]", "[0.1234567891]", "[16777217]",
        "[\"NaN\"]", "[null]", "[true]", "[+1]", "[1}", "[[[[[[[[[7]]]]]]]]]", "[999999999]", "[0.00000001]",
        "[[1],[\"Infinity\"]]", "[3.4e38]", "[1e39]", "[[1]x", "[1],", "[[1],,[2]]", "[[1][2]]",
    ])
    func whateverIsUnusualIsReadWithCare(text: String) { expectTheSame(text) }

    @Test(arguments: ["[", "[ ", "[1", "[1,", "[1 ", "[[1]", "[[1],", "[[1] "])
    func whatIsCutShortIsNotRead(text: String) {
        #expect(!isSmall(text))
        #expect(readTensor(text).error != nil)
    }

    @Test func tensorsOfAllShapesAreTheSame() {
        var random = SeededRandom(seed: 21)
        func number() -> String {
            let whole = Int.random(in: 0...Int(1) << Int.random(in: 0...32, using: &random), using: &random)
            let digits = Int.random(in: 0...6, using: &random)
            let fraction = (0..<digits).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
            let sign = Bool.random(using: &random) ? "-" : ""
            return "\(sign)\(whole)" + (digits > 0 ? "." + fraction : "")
        }
        let spaces = ["", "", " ", "\n", "\t ", "\r\n"]
        func space() -> String { spaces[Int.random(in: 0..<spaces.count, using: &random)] }
        func text(_ extents: ArraySlice<Int>) -> String {
            guard let extent = extents.first else { return number() }
            // Now and then one too few or too many.
            let count = max(0, extent + (Int.random(in: 0..<200, using: &random) == 0 ? 1 : 0))
            let items = (0..<count).map { _ in space() + text(extents.dropFirst()) + space() }
            return "[" + items.joined(separator: ",") + "]"
        }
        for _ in 0..<2000 {
            let extents = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...4, using: &random) }
            expectTheSame(text(extents[...]), "seed \(random.seed)")
        }
    }

    @Test func aTensorOfMoreThanAFewElementsIsReadRowByRow() {
        let text = "[" + (0..<65).map(String.init).joined(separator: ",") + "]"
        #expect(!isSmall(text))
        expectTheSame(text)
    }
}
