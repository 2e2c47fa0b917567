extension Base64 {
    /// Characters that are decoded at a time on their way to another type: their octets stay in the nearest cache, and are
    /// a whole number of elements of every type.
    private static let block = 8192

    /// The octets that the text stands for.
    static func octets(_ text: RawSpan) throws(CodingError) -> [UInt8] {
        let count = try decodedCount(text)
        return unsafe try [UInt8](unsafeUninitializedCapacity: count) { buffer, written throws(CodingError) in
            unsafe try decode(text, into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
            written = count
        }
    }

    /// Calls `take` with the octets, some at a time; false where any are not sound, or `take` says so.
    static func forEachBlock(of text: RawSpan, _ take: (RawSpan) -> Bool) -> Bool {
        unsafe withUnsafeTemporaryAllocation(byteCount: block / 4 * 3, alignment: 8) { octets in
            var start = 0
            while start < text.byteCount {
                let end = min(start + block, text.byteCount)
                let piece = text.extracting(start..<end)
                do throws(CodingError) {
                    let count = try decodedCount(piece)
                    // Padding ends the text.
                    guard end == text.byteCount || count == block / 4 * 3 else { return false }
                    let room = unsafe UnsafeMutableRawBufferPointer(rebasing: octets[..<count])
                    unsafe try decode(piece, into: room)
                    guard unsafe take(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(room))) else { return false }
                } catch {
                    return false
                }
                start = end
            }
            return true
        }
    }
}

extension ElementType {
    /// Rounds each element to float32, to nearest even. The text holds exactly the elements.
    func convert(base64 text: RawSpan, to floats: UnsafeMutableBufferPointer<Float>) throws(CodingError) {
        if self == .float32 { return unsafe try Base64.decode(text, into: UnsafeMutableRawBufferPointer(floats)) }
        var done = 0
        let isSound = Base64.forEachBlock(of: text) { octets in
            let count = octets.byteCount / size
            do throws(CodingError) {
                let part = unsafe UnsafeMutableBufferPointer(rebasing: floats[done..<done + count])
                unsafe try convert(octets, to: part)
            } catch {
                return false
            }
            done += count
            return true
        }
        // As a whole, which says where the fault is.
        guard isSound else {
            let octets = try Base64.octets(text)
            return unsafe try convert(octets.span.bytes, to: floats)
        }
    }
}
