import ConvolutionEngine

/// Some of a tensor's elements as JSON, with the brackets and commas between them, so that the texts of ranges that follow
/// one another make up the text of the whole.
enum NumberRows {
    /// Appends the text of the elements of `range`, which is not empty: as arrays inside arrays where there is a shape,
    /// else as one array.
    static func append<Element: NumberStreamElement>(
        _ range: Range<Int>,
        of elements: UnsafeBufferPointer<Element>,
        nestedAs shape: Shape?,
        to bytes: inout [UInt8],
        kernels: TextKernels = .chosen
    ) {
        let brackets = Brackets(shape, elementCount: elements.count)
        bytes.append(addingCapacity: brackets.room(for: range.count)) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let start = buffer.baseAddress else { return }
                unsafe initialized += write(range, of: elements, brackets, to: start + initialized, kernels)
            }
        }
    }

    /// Each row but a range's last, where that is not whole, gives up its last comma; what stands between it and the next
    /// is written with the next.
    private static func write<Element: NumberStreamElement>(
        _ range: Range<Int>,
        of elements: UnsafeBufferPointer<Element>,
        _ brackets: Brackets,
        to start: UnsafeMutablePointer<UInt8>,
        _ kernels: TextKernels
    ) -> Int {
        var text = unsafe start
        var next = range.lowerBound
        if next == 0 { unsafe put("[", brackets.rank, &text) }
        while next < range.upperBound {
            if let closed = brackets.closed(before: next) {
                unsafe put("]", closed, &text)
                unsafe put(",", 1, &text)
                unsafe put("[", closed, &text)
            }
            let end = brackets.rowEnd(after: next)
            let row = unsafe UnsafeBufferPointer(rebasing: elements[next..<min(end, range.upperBound)])
            unsafe text += Element.write(row, to: text, kernels)
            next += row.count
            if next == end { unsafe text -= 1 }
        }
        if next == elements.count { unsafe put("]", brackets.rank, &text) }
        return unsafe text - start
    }

    private static func put(_ character: Unicode.Scalar, _ count: Int, _ text: inout UnsafeMutablePointer<UInt8>) {
        unsafe text.update(repeating: UInt8(ascii: character), count: count)
        unsafe text += count
    }
}

/// Where in a tensor's text brackets stand.
private struct Brackets {
    /// Arrays inside one another.
    let rank: Int
    /// Elements in an innermost array, one less array around them, and so on.
    private var sizes: [Int]

    init(_ shape: Shape?, elementCount: Int) {
        guard let shape, shape.rank > 1 else {
            (rank, sizes) = (1, [elementCount])
            return
        }
        rank = shape.rank
        sizes = []
        var size = 1
        for extent in shape.reversed() {
            size *= extent
            sizes.append(size)
        }
    }

    /// What so many elements take at most, and what may be overwritten behind them.
    func room(for count: Int) -> Int {
        (count + 1) * NumberStream.room + (count / sizes[0] + 2) * (2 * rank + 1)
    }

    /// How many arrays end right before this element; nil within a row, and before the first element.
    func closed(before element: Int) -> Int? {
        guard element > 0, element % sizes[0] == 0 else { return nil }
        return sizes.prefix { element % $0 == 0 }.count
    }

    func rowEnd(after element: Int) -> Int { (element / sizes[0] + 1) * sizes[0] }
}
