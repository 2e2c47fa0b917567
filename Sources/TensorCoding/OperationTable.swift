/// One operation of the interface: its name and what may be given beside the input.
package struct OperationSpecification: Sendable {
    package var name: String
    package var parameters: [ParameterSpecification]
    /// `add`, `multiply` and `concat`: several inputs, only as a layer of a network.
    package var isLayerOnly: Bool
}

/// One parameter of an operation.
package struct ParameterSpecification: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// float32 elements in any of the three tensor forms
        case tensor
        /// int64 elements in any of the three tensor forms
        case indices
        case integer
        case number
        case bool
        case string
        case choice([String])
        /// an integer, or one for each spatial axis
        case spatial
        /// as `spatial`, or pairs [begin, end], or "valid", "same", "same_lower"
        case padding
        /// as `spatial`, where null keeps the input's extent
        case adaptiveSize
        /// a list of integers
        case integers
        /// a list of pairs [begin, end]
        case pairs
        /// a number, or one for each spatial axis
        case scales
    }

    package var name: String
    package var kind: Kind
    package var isRequired: Bool
}

extension OperationSpecification {
    /// Every operation, by name.
    package static var all: [OperationSpecification] { [] }

    package static func named(_ name: String) -> OperationSpecification? { nil }

    /// The known name that a mistyped one most likely means.
    package static func nearest(to name: String) -> String? { nil }
}
