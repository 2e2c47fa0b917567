/// What is wrong with a file of tensors (`.npy`, safetensors), with the evidence.
package enum FileFault: Hashable, Sendable {
    /// It does not begin as its format does.
    case magic
    case version(major: UInt8, minor: UInt8)
    /// It ends before what its beginning promises.
    case cutOff(needed: UInt64, found: Int)
    /// Its header is longer than any sensible one.
    case headerTooLong(UInt64, limit: Int)
    /// The header is not what it must be here.
    case header(expected: String)
    /// Something stands twice in the header.
    case duplicate(String)
    /// A part of a form has no end.
    case unterminated(name: String)
    /// Octets that belong to nothing.
    case surplus(Int)
    /// The place of a tensor's data is not one: before itself, or beyond the end.
    case offsets(name: String, begin: Int64, end: Int64, available: Int)
    /// The data of two tensors overlap, or there is something between them.
    case notAdjacent(name: String, begin: Int, expected: Int)
}
