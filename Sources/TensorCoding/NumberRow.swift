import CTextKernels

/// The loop that nearly every number of a large body goes through.
///
/// It knows common numbers and common spacing only, and gives everything else (strings, very long or odd numbers, faults,
/// the last octets of the body) back to the careful reader, untouched.
extension JSONReader {
    enum RowStop {
        /// At the row's `]`.
        case closed
        /// As many as were asked for; at the next element.
        case full
        /// At an element, or something else, that the careful reader must look at.
        case careful
    }

    /// The last octets of a body, which the loop leaves alone.
    static let carefulOctets = 64

    /// Reads elements from here on, at most `limit`, and says how many and why it stopped.
    mutating func numbers(into elements: UnsafeMutablePointer<Float>, limit: Int) -> (count: Int, stop: RowStop) {
        let start = position
        let row = unsafe bytes.withUnsafeBytes { body -> ct_row in
            guard let text = body.baseAddress else { return ct_row(count: 0, position: start, stop: CT_ROW_CAREFUL) }
            return unsafe kernels.functions.read_floats(
                text.assumingMemoryBound(to: UInt8.self),
                body.count,
                start,
                elements,
                limit
            )
        }
        position = row.position
        switch row.stop {
        case CT_ROW_CLOSED: return (row.count, .closed)
        case CT_ROW_FULL: return (row.count, .full)
        default: return (row.count, .careful)
        }
    }
}
