import ConvolutionEngine

/// Parameters that have a number for each spatial axis.
extension JSONReader {
    /// An integer for all of the spatial axes, or a list of one for each; those of the engine's three axes that the
    /// operation has not get `neutral`.
    mutating func spatial(rank: Int, neutral: Int) throws(CodingError) -> Spatial {
        var values = Spatial(repeating: neutral)
        if try nextType() == .number {
            let value = try integer()
            for axis in 0..<rank { values[3 - rank + axis] = value }
            return values
        }
        let start = position
        let count = try list("an integer, or a list of one for each of the \(rank) spatial axes") {
            reader,
            axis throws(CodingError) in
            let value = try reader.integer()
            if axis < rank { values[3 - rank + axis] = value }
        }
        guard count == rank else { throw error(.length(found: count, expected: [rank], of: "integers"), at: start) }
        return values
    }

    /// A way to pad by name, or cells: an integer, one for each axis, or a [begin, end] pair for each axis.
    mutating func padding(rank: Int) throws(CodingError) -> Padding {
        let type = try nextType()
        let start = position
        switch type {
        case .string:
            switch text(try string()) {
            case "valid": return .valid
            case "same": return .same
            case "same_lower": return .sameLower
            case let name: throw error(.choice(name, among: ["valid", "same", "same_lower"]), at: start)
            }
        case .array where try holdsList():
            var begin = Spatial(repeating: 0), end = Spatial(repeating: 0)
            let count = try pairs { axis, pair in
                guard axis < rank else { return }
                begin[3 - rank + axis] = pair.begin
                end[3 - rank + axis] = pair.end
            }
            guard count == rank else {
                throw error(.length(found: count, expected: [rank], of: "[begin, end] pairs"), at: start)
            }
            return .explicit(begin: begin, end: end)
        case .number, .array:
            let cells = try spatial(rank: rank, neutral: 0)
            return .explicit(begin: cells, end: cells)
        default:
            let expected = "an integer, a list, \"valid\", \"same\" or \"same_lower\""
            throw error(.type(found: type, expected: expected), at: start)
        }
    }

    /// Whether one entry of the list here is a list.
    private func holdsList() throws(CodingError) -> Bool {
        var reader = copy self
        var holdsList = false
        try reader.list("a list") { reader, _ throws(CodingError) in
            if try reader.nextType() == .array { holdsList = true }
            try reader.skipValue()
        }
        return holdsList
    }

    /// `[[1,2],[0,1]]`: lists of exactly two integers.
    @discardableResult
    mutating func pairs(_ take: (Int, (begin: Int, end: Int)) -> Void) throws(CodingError) -> Int {
        try list("a list of [begin, end] pairs") { reader, index throws(CodingError) in
            reader.skipWhitespace()
            let start = reader.position
            var pair = (begin: 0, end: 0)
            let count = try reader.list("a [begin, end] pair") { reader, side throws(CodingError) in
                let cells = try reader.integer()
                if side == 0 { pair.begin = cells } else { pair.end = cells }
            }
            guard count == 2 else {
                throw reader.error(.length(found: count, expected: [2], of: "integers, begin and end"), at: start)
            }
            take(index, pair)
        }
    }

    /// As `spatial`, outermost axis first, where null stands for the input's extent.
    mutating func adaptiveSize(rank: Int) throws(CodingError) -> [Int?] {
        if try nextType() == .number { return [Int?](repeating: try integer(), count: rank) }
        let start = position
        var sizes: [Int?] = []
        try list("an integer, or a list of one for each of the \(rank) spatial axes") {
            reader,
            _ throws(CodingError) in
            if try reader.nextType() == .null {
                try reader.null()
                sizes.append(nil)
            } else {
                sizes.append(try reader.integer())
            }
        }
        guard sizes.count == rank else {
            throw error(.length(found: sizes.count, expected: [rank], of: "sizes"), at: start)
        }
        return sizes
    }
}
