extension Reference {
    /// Every block as a column: [N, C, H, W] → [N, C·kH·kW, L]; padding is zero.
    static func unfold(
        batch: Int,
        channels: Int,
        windows: Windows,
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        unless isStopped: () -> Bool = { false }
    ) {
        forEachBlockCell(batch: batch, channels: channels, windows: windows) { row, plane, cells, columns in
            guard !isStopped() else { return }
            for column in Range(start: row, count: columns) { output[column] = 0 }
            for (column, cell) in cells { output[row + column] = input[plane + cell] }
        }
    }

    /// The columns summed back into the image: [N, C·kH·kW, L] → [N, C, H, W].
    static func fold(
        batch: Int,
        channels: Int,
        windows: Windows,
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        unless isStopped: () -> Bool = { false }
    ) {
        for cell in output.indices { output[cell] = 0 }
        forEachBlockCell(batch: batch, channels: channels, windows: windows) { row, plane, cells, _ in
            guard !isStopped() else { return }
            for (column, cell) in cells { output[plane + cell] += input[row + column] }
        }
    }

    /// Calls `body` for every row of columns and every row of blocks: with the first column's element, the image plane's
    /// first element, the pairs (column, cell) that lie inside the image, and the number of columns in the row.
    @inline(__always)
    private static func forEachBlockCell(
        batch: Int,
        channels: Int,
        windows: Windows,
        _ body: (_ row: Int, _ plane: Int, _ cells: BlockRow, _ columns: Int) -> Void
    ) {
        let (height, width) = (windows.height, windows.width)
        var row = 0
        for plane in 0..<(batch * channels) {
            for kh in 0..<height.kernel {
                for kw in 0..<width.kernel {
                    for blockRow in 0..<height.output {
                        let y = blockRow * height.stride - height.paddingBegin + kh * height.dilation
                        let cells = BlockRow(
                            isInside: y >= 0 && y < height.input,
                            first: y * width.input + kw * width.dilation - width.paddingBegin,
                            x: kw * width.dilation - width.paddingBegin,
                            window: width
                        )
                        body(row, plane * windows.input.cellCount, cells, width.output)
                        row += width.output
                    }
                }
            }
        }
    }
}

/// The columns of one row of blocks for one tap, and the image cells under them.
private struct BlockRow: Sequence, IteratorProtocol {
    private var column: Int
    private let end: Int
    private let first: Int
    private let stride: Int

    /// `x` is the image column of block column 0, `first` its cell; both may lie before the image.
    init(isInside: Bool, first: Int, x: Int, window: Window) {
        self.first = first
        stride = window.stride
        column = x >= 0 ? 0 : (stride - 1 - x) / stride
        end = isInside && x < window.input ? Swift.min(window.output, (window.input - x + stride - 1) / stride) : 0
    }

    mutating func next() -> (column: Int, cell: Int)? {
        guard column < end else { return nil }
        defer { column += 1 }
        return (column, first + column * stride)
    }
}
