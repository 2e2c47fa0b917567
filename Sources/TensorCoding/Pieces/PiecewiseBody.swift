/// A body with tensors in it that are turned into its octets only when they are asked for, a piece at a time.
///
/// Pieces are laid out one after the other, which takes no time, and then written in any order, on any thread.
package struct PiecewiseBody: Sendable {
    /// A tensor that stands before the octet of the text at `position`.
    struct Insert: Sendable {
        let position: Int
        let content: TensorContent
    }

    /// Octets of the text in a piece, at most.
    private static let largestText = 64 * 1024

    /// What stands around the tensors.
    private let text: [UInt8]
    private let inserts: [Insert]

    // What has been laid out already.
    private var textEnd = 0
    private var insert = 0
    private var element = 0

    init(text: [UInt8], inserts: [Insert] = []) {
        self.text = text
        self.inserts = inserts
    }

    /// Octets of the whole; nil where that is known only once all is written.
    package var count: Int? {
        inserts.reduce(text.count) { total, insert in
            guard let total, let count = insert.content.count else { return nil }
            return total + count
        }
    }

    /// All of it.
    package var whole: [UInt8] {
        var rest = self
        var bytes: [UInt8] = []
        if let count { bytes.reserveCapacity(count) }
        while let piece = rest.next(numbers: 8192) { append(piece, to: &bytes) }
        return bytes
    }
}

// MARK: - Pieces

extension PiecewiseBody {
    /// A piece before it is written.
    package struct Piece: Sendable {
        enum Part {
            case text(Range<Int>)
            case elements(Range<Int>, of: Int)
        }

        var parts: [Part] = []
    }

    package var isAtEnd: Bool { insert == inserts.count && textEnd == text.count }

    /// Lays out the next piece, of about so many numbers, or as many octets as those take, and the text around them. Nil
    /// at the end.
    package mutating func next(numbers: Int) -> Piece? {
        guard !isAtEnd else { return nil }
        var piece = Piece()
        var numbersLeft = numbers, textLeft = Self.largestText
        while !isAtEnd, numbersLeft > 0, textLeft > 0 {
            let nextInsert = insert < inserts.count ? inserts[insert].position : text.count
            if textEnd < nextInsert {
                let end = min(nextInsert, textEnd + textLeft)
                piece.parts.append(.text(textEnd..<end))
                textLeft -= end - textEnd
                textEnd = end
            } else {
                let content = inserts[insert].content
                let end = min(content.elementCount, element + content.elements(inPlaceOf: numbersLeft))
                piece.parts.append(.elements(element..<end, of: insert))
                // Many small tensors in one piece cost some text each.
                numbersLeft -= end - element + 8
                element = end
                if end == content.elementCount { (insert, element) = (insert + 1, 0) }
                if end < content.elementCount { break }
            }
        }
        return piece
    }

    /// Writes a piece.
    package func append(_ piece: Piece, to bytes: inout [UInt8]) {
        for part in piece.parts {
            switch part {
            case .text(let range): bytes.append(contentsOf: text[range])
            case .elements(let range, let index): inserts[index].content.append(range, to: &bytes)
            }
        }
    }
}
