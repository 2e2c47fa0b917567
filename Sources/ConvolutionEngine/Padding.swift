/// How many cells are added around the input, before its extents are known.
package enum Padding: Hashable, Sendable {
    /// Cells before and after each axis, each at least 0.
    case explicit(begin: Spatial, end: Spatial)
    /// None.
    case valid
    /// As many as give ⌈input / stride⌉ outputs; an odd cell goes to the end (ONNX's SAME_UPPER, PyTorch's "same").
    case same
    /// As `same`, with the odd cell at the start (ONNX's SAME_LOWER).
    case sameLower

    package static let none = Padding.explicit(begin: Spatial(repeating: 0), end: Spatial(repeating: 0))
}

/// What the added cells hold.
package enum PaddingMode: String, Hashable, Sendable, CaseIterable {
    case zeros, reflect, replicate, circular
}
