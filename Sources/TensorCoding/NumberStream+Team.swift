import ConvolutionEngine

extension NumberStream {
    /// From so many elements on their text is worth the work of several threads: it takes some milliseconds.
    static let smallestShared = 400_000
    /// Pieces for each thread, so that one that comes late holds nobody up.
    private static let piecesPerThread = 8

    /// The same text as `append(_:nestedAs:to:)`, written in pieces by as many of the team as are free.
    static func append<Element: NumberStreamElement>(
        _ elements: UnsafeBufferPointer<Element>,
        nestedAs shape: Shape?,
        to bytes: inout [UInt8],
        team: Team
    ) {
        guard elements.count >= smallestShared, team.size > 1 else {
            return unsafe append(elements, nestedAs: shape, to: &bytes)
        }
        let cut = Cut(shape, elementCount: elements.count, atLeast: team.size * piecesPerThread)
        guard cut.parts > 1 else { return unsafe append(elements, nestedAs: shape, to: &bytes) }
        let pieces = min(cut.parts, team.size * piecesPerThread)
        var texts = [[UInt8]](repeating: [], count: pieces)
        unsafe texts.withUnsafeMutableBufferPointer { texts in
            // Each call writes its own element.
            team.run(tasks: pieces) { piece in
                var text: [UInt8] = []
                for part in piece * cut.parts / pieces..<(piece + 1) * cut.parts / pieces {
                    cut.appendGlue(before: part, to: &text)
                    let start = text.count
                    let numbers = unsafe UnsafeBufferPointer(rebasing: elements[cut.range(of: part)])
                    unsafe append(numbers, nestedAs: cut.inner, to: &text)
                    // A piece of an array has no brackets of its own.
                    if cut.inner == nil {
                        text.remove(at: start)
                        text.removeLast()
                    }
                }
                unsafe texts[piece] = text
            }
        }
        let whole = texts.reduce(bytes.count) { count, text in count + text.count } + cut.levels
        bytes.reserveCapacity(whole)
        for index in texts.indices {
            bytes.append(contentsOf: texts[index])
            texts[index] = []
        }
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "]"), count: cut.levels))
    }
}

/// Where a tensor's text is cut: at the arrays of an inner axis, or, when there is only one axis, anywhere.
private struct Cut {
    /// Arrays around each part.
    let levels: Int
    /// The extents of those axes; one for a single axis, which has parts of its own.
    private let outer: [Int]
    /// What a part is; nil for a piece of the innermost array.
    let inner: Shape?
    let parts: Int
    private let elementCount: Int

    init(_ shape: Shape?, elementCount: Int, atLeast wanted: Int) {
        self.elementCount = elementCount
        var product = 1
        var axis = 0
        if let shape {
            while axis < shape.rank - 1, product < wanted {
                product *= max(1, shape[axis])
                axis += 1
            }
        }
        if let shape, axis > 0, elementCount > 0 {
            outer = shape.prefix(axis).map { $0 }
            inner = Shape(checking: shape.dropFirst(axis))
            parts = product
        } else {
            outer = [wanted]
            inner = nil
            parts = min(wanted, elementCount)
        }
        levels = outer.count
    }

    func range(of part: Int) -> Range<Int> {
        part * elementCount / parts..<(part + 1) * elementCount / parts
    }

    /// The brackets and the comma between the part and the one before it.
    func appendGlue(before part: Int, to text: inout [UInt8]) {
        guard part > 0 else { return text.append(contentsOf: repeatElement(UInt8(ascii: "["), count: levels)) }
        var closed = 0
        var rest = part
        while inner != nil, closed < levels, rest % outer[levels - 1 - closed] == 0 {
            rest /= outer[levels - 1 - closed]
            closed += 1
        }
        text.append(contentsOf: repeatElement(UInt8(ascii: "]"), count: closed))
        text.append(UInt8(ascii: ","))
        text.append(contentsOf: repeatElement(UInt8(ascii: "["), count: closed))
    }
}
