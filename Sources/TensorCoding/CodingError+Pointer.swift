extension CodingError {
    /// The same error seen from the object that has it under this key.
    func under(_ key: String) -> CodingError {
        let escaped = key.utf8.flatMap { byte in
            switch byte {
            case UInt8(ascii: "~"): Array("~0".utf8)
            case UInt8(ascii: "/"): Array("~1".utf8)
            default: [byte]
            }
        }
        return prefixed("/" + String(decoding: escaped, as: UTF8.self))
    }

    /// The same error seen from the array that has it at this index.
    func under(_ index: Int) -> CodingError { prefixed("/\(index)") }

    /// The same error seen from the outermost of these nested arrays.
    func under(_ indices: some Sequence<Int>) -> CodingError {
        prefixed(indices.map { index in "/\(index)" }.joined())
    }

    /// Syntax is a matter of the whole body: no value is to blame.
    private func prefixed(_ prefix: String) -> CodingError {
        guard kind == .invalid else { return self }
        var copy = self
        copy.pointer = prefix + pointer
        return copy
    }
}
