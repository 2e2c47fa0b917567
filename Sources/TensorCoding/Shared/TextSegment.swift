import CTextKernels
import ConvolutionEngine

/// A part of the text of arrays inside arrays of numbers, read by itself: its numbers, and the brackets between them.
///
/// It begins right behind a comma, or at the outermost bracket, and is taken to be text of that kind. Whether it is shows when
/// the parts before it have been read to their ends.
struct TextSegment: Sendable {
    /// Brackets between two numbers, or at an end of the segment.
    struct Boundary: Equatable, Sendable {
        /// Numbers between this boundary and the one before it.
        var length: Int32
        var closed: Int16
        /// After a comma, where there are closed ones too.
        var opened: Int16
    }

    /// Boundaries in a row that are the same, as those of equally long rows are.
    struct Run: Sendable {
        var boundary: Boundary
        var count: Int32
        /// Behind the closed brackets of the first.
        var end: Int
    }

    private(set) var runs: [Run] = []
    /// Numbers read.
    private(set) var count = 0
    /// Whether all of the text was understood.
    private(set) var isSound = false
    private var counted = 0

    /// Reads the octets of `range`, which ends behind a comma or at the body's end. `numbers` has room for one number for
    /// every two octets.
    init(
        _ range: Range<Int>,
        of body: UnsafeRawBufferPointer,
        into numbers: UnsafeMutablePointer<Float>,
        kernels: TextKernels
    ) {
        let span = unsafe RawSpan(_unsafeBytes: body)
        var reader = JSONReader(span, kernels: kernels)
        reader.position = range.lowerBound
        do throws(CodingError) {
            while reader.position < range.upperBound {
                let opened = skip(UInt8(ascii: "["), &reader)
                if opened > 0 { add(closed: 0, opened: opened, end: reader.position) }
                unsafe try readNumbers(until: range.upperBound, into: numbers, &reader)
                reader.skipWhitespace()
                let closed = skip(UInt8(ascii: "]"), &reader)
                if closed > 0 { add(closed: closed, opened: 0, end: reader.position) }
                reader.skipWhitespace()
                guard reader.current == UInt8(ascii: ",") else { return }
                reader.position += 1
            }
            isSound = true
        } catch {
            // Whoever reads it in order finds out what is wrong.
        }
    }

    /// Numbers with commas between them, at least one; stops before the comma or bracket behind the last.
    private mutating func readNumbers(
        until end: Int,
        into numbers: UnsafeMutablePointer<Float>,
        _ reader: inout JSONReader
    ) throws(CodingError) {
        while true {
            let start = reader.position
            let row = unsafe reader.bytes.withUnsafeBytes { body -> ct_row in
                guard let text = body.baseAddress else { return ct_row() }
                return unsafe reader.kernels.functions.read_floats(
                    text.assumingMemoryBound(to: UInt8.self),
                    end,
                    start,
                    numbers + count,
                    (end - start) / 2 + 1
                )
            }
            count += row.count
            reader.position = row.position
            guard row.stop != CT_ROW_CLOSED else { return }
            // The kernel stands behind a comma, or where it began.
            if row.count > 0, reader.position >= end {
                reader.position -= 1
                return
            }
            unsafe numbers[count] = try reader.element()
            count += 1
            reader.skipWhitespace()
            guard reader.current == UInt8(ascii: ","), reader.position + 1 < end else { return }
            let comma = reader.position
            reader.position += 1
            reader.skipWhitespace()
            if reader.current == UInt8(ascii: "[") || reader.current == UInt8(ascii: "]") {
                reader.position = comma
                return
            }
        }
    }

    /// Takes brackets and the white space between them; gives how many.
    private func skip(_ bracket: UInt8, _ reader: inout JSONReader) -> Int {
        var count = 0
        reader.skipWhitespace()
        while reader.current == bracket, count < 1000 {
            reader.position += 1
            count += 1
            reader.skipWhitespace()
        }
        return count
    }

    private mutating func add(closed: Int, opened: Int, end: Int) {
        let boundary = Boundary(length: Int32(count - counted), closed: Int16(closed), opened: Int16(opened))
        counted = count
        // What closes a row and what opens the next are one.
        if boundary.length == 0, opened > 0, let last = runs.last, last.boundary.opened == 0 {
            runs[runs.count - 1].boundary.opened = boundary.opened
        } else {
            runs.append(Run(boundary: boundary, count: 1, end: end))
        }
        guard runs.count > 1, runs[runs.count - 2].boundary == runs[runs.count - 1].boundary,
            runs[runs.count - 1].boundary.opened > 0
        else { return }
        runs.removeLast()
        runs[runs.count - 1].count += 1
    }
}
