import ConvolutionEngine

extension ParameterValue {
    /// An integer for all of the spatial axes, or a list of one for each.
    func spatialValues(rank: Int) throws(CodingError) -> [Int] {
        if case .number = content { return [Int](repeating: try integer(), count: rank) }
        let values = try integers("an integer, or a list of one for each of the \(rank) spatial axes")
        guard values.count == rank else { throw error(.length(found: values.count, expected: [rank], of: "integers")) }
        return values
    }

    /// The same for all three axes of the engine; those that the operation has not get `neutral`.
    func spatial(rank: Int, neutral: Int) throws(CodingError) -> Spatial {
        Spatial(trailing: try spatialValues(rank: rank), neutral: neutral)
    }

    /// A way to pad by name, or cells: an integer, one for each axis, or a [begin, end] pair for each axis.
    func padding(rank: Int) throws(CodingError) -> Padding {
        switch content {
        case .string(let name):
            let named: [String: Padding] = ["valid": .valid, "same": .same, "same_lower": .sameLower]
            guard let padding = named[name] else { throw error(.choice(name, among: ["valid", "same", "same_lower"])) }
            return padding
        case .list(let values) where values.contains(where: { value in value.type == .array }):
            let pairs = try pairs()
            guard pairs.count == rank else {
                throw error(.length(found: pairs.count, expected: [rank], of: "[begin, end] pairs"))
            }
            return .explicit(
                begin: Spatial(trailing: pairs.map { pair in pair[0] }, neutral: 0),
                end: Spatial(trailing: pairs.map { pair in pair[1] }, neutral: 0)
            )
        case .number, .list:
            let cells = try spatial(rank: rank, neutral: 0)
            return .explicit(begin: cells, end: cells)
        default:
            throw typeError("an integer, a list, \"valid\", \"same\" or \"same_lower\"")
        }
    }

    /// `[[1,2],[0,1]]`: lists of exactly two integers.
    func pairs() throws(CodingError) -> [[Int]] {
        try list("a list of [begin, end] pairs") { value throws(CodingError) in
            let pair = try value.integers("a [begin, end] pair")
            guard pair.count == 2 else {
                throw value.error(.length(found: pair.count, expected: [2], of: "integers, begin and end"))
            }
            return pair
        }
    }

    /// As `spatialValues`, where null stands for the input's extent.
    func adaptiveSize(rank: Int) throws(CodingError) -> [Int?] {
        guard case .list = content else { return try spatialValues(rank: rank) }
        let sizes: [Int?] = try list("a list") { value throws(CodingError) in
            value.type == .null ? nil : try value.integer()
        }
        guard sizes.count == rank else { throw error(.length(found: sizes.count, expected: [rank], of: "sizes")) }
        return sizes
    }
}
