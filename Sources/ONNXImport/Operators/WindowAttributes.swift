import ConvolutionEngine

/// The attributes that convolutions and pools share.
struct WindowAttributes {
    /// 1, 2 or 3.
    let spatialRank: Int
    let stride: Spatial
    let dilation: Spatial
    let padding: Padding

    init(_ scope: inout NodeScope, _ input: Feature) throws(NodeProblem) {
        let rank = input.shape.rank - 2
        guard (1...3).contains(rank) else { throw .unsupported("an input of shape \(input.shape)") }
        spatialRank = rank
        stride = try scope.spatial("strides", rank: rank) ?? Spatial(repeating: 1)
        dilation = try scope.spatial("dilations", rank: rank) ?? Spatial(repeating: 1)
        padding = try WindowAttributes.padding(&scope, rank: rank)
    }

    private static func padding(_ scope: inout NodeScope, rank: Int) throws(NodeProblem) -> Padding {
        let pads = try scope.optionalIntegers("pads")
        switch try scope.text("auto_pad", default: "NOTSET") {
        case "NOTSET":
            guard let pads else { return .none }
            guard pads.count == 2 * rank else { throw .attributeValue("pads", found: "\(pads)") }
            return .explicit(
                begin: Spatial(trailing: pads[..<rank], neutral: 0),
                end: Spatial(trailing: pads[rank...], neutral: 0)
            )
        case "VALID": return .valid
        case "SAME_UPPER": return .same
        case "SAME_LOWER": return .sameLower
        case let other: throw .attributeValue("auto_pad", found: other)
        }
    }
}

extension NodeScope {
    /// A number for each spatial axis.
    mutating func spatial(_ name: String, rank: Int) throws(NodeProblem) -> Spatial? {
        guard let values = try optionalIntegers(name) else { return nil }
        guard values.count == rank else { throw .attributeValue(name, found: "\(values)") }
        return Spatial(trailing: values, neutral: name == "output_padding" ? 0 : 1)
    }
}
