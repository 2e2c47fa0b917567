/// Why a body could not be decompressed or compressed.
package enum CompressionError: Error, Hashable, Sendable {
    /// Not in the format; `fault` is zlib's name for what is wrong.
    case malformed(ContentCoding, fault: String)
    /// The data ends, after so many octets, before the format says so.
    case truncated(ContentCoding, count: Int)
    /// Something follows the compressed data, which end before this octet.
    case trailingData(ContentCoding, offset: Int)
    /// Decompressed, it is larger than this many octets.
    case tooLarge(limit: Int)
    /// zlib could not have the memory that it needs.
    case outOfMemory

    /// What was found and what was expected.
    package var sentence: String {
        switch self {
        case .malformed(.deflate, let fault):
            "The deflate body is broken (\(fault)); it must be in the zlib format of RFC 1950, not raw deflate"
        case .malformed(let coding, let fault): "The \(coding.rawValue) body is broken (\(fault))"
        case .truncated(let coding, let count):
            "The \(coding.rawValue) body is cut short: it ends after \(count) octets, before its end mark"
        case .trailingData(let coding, let offset):
            "The \(coding.rawValue) body ends before octet \(offset), but something follows"
        case .tooLarge(let limit): "The body is larger than \(limit) octets when decompressed"
        case .outOfMemory: "There is no memory to compress or decompress with"
        }
    }
}
