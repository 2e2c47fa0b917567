/// A streamed body as chunks (RFC 9112 section 7.1), so written that head, data and end can also be sent from where
/// they lie.
package enum ChunkEncoder {
    /// What ends each chunk's data.
    package static let end = Array("\r\n".utf8)
    /// What ends the body: the last chunk, and no trailers.
    package static let last = Array("0\r\n\r\n".utf8)

    /// Appends the line that announces `size` octets. An empty chunk would end the body: for 0 nothing is written.
    package static func appendHead(size: Int, into output: inout [UInt8]) {
        guard size > 0 else { return }
        var shift = (Int.bitWidth - 1 - size.leadingZeroBitCount) / 4 * 4
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: size >> shift & 0xF)
            output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
        output.append(contentsOf: end)
    }

    /// Appends a whole chunk; none for no data.
    package static func append(_ data: some Collection<UInt8>, into output: inout [UInt8]) {
        guard !data.isEmpty else { return }
        appendHead(size: data.count, into: &output)
        output.append(contentsOf: data)
        output.append(contentsOf: end)
    }
}
