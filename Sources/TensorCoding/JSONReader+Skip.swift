extension JSONReader {
    /// Takes a whole value and checks its syntax; keys given twice are not noticed. Uses one bit for each open level.
    mutating func skipValue() throws(CodingError) {
        // The innermost level is the lowest bit: 1 for an object.
        var objects: UInt64 = 0
        var levels = 0
        var isFirst = false
        repeat {
            // Stands before a value.
            switch try nextType() {
            case .array:
                try open()
                (objects, levels, isFirst) = (objects << 1, levels + 1, true)
            case .object:
                try open()
                (objects, levels, isFirst) = (objects << 1 | 1, levels + 1, true)
            case .string: _ = try string()
            case .number: _ = try number()
            case .bool: _ = try bool()
            case .null: try null()
            }
            // Closes what ends here, until there is another value to take.
            while levels > 0 {
                let another =
                    objects & 1 == 1 ? try nextKey(isFirst: isFirst) != nil : try nextElement(isFirst: isFirst)
                isFirst = false
                if another { break }
                (objects, levels) = (objects >> 1, levels - 1)
            }
        } while levels > 0
    }
}
