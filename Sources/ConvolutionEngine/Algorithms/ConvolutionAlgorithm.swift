/// Which way a convolution is computed.
package enum ConvolutionAlgorithm: Hashable, Sendable, CaseIterable {
    /// Plain loops that skip padding: for the tiniest layers, and where a weight is infinite or NaN.
    case plain
    /// Matrix product over panels of gathered input pixels (im2col one block at a time).
    case direct
    /// Matrix product over the input planes as they are: 1×1, stride 1, no padding.
    case pointwise
    /// Matrix product over a band of padded input rows, in which a tap is an offset: few output channels to a group.
    case window
    /// One input channel to a group: rows of a plane, all taps in registers.
    case depthwise
    /// Tiles transformed so that fewer products are needed; its error bound is normwise.
    case winograd
    /// Four output rows at a time transformed, so that fewer products are needed; its error bound is normwise.
    case winogradRows

    package var name: String {
        switch self {
        case .plain: "plain"
        case .direct: "direct"
        case .pointwise: "pointwise"
        case .window: "window"
        case .depthwise: "depthwise"
        case .winograd: "winograd"
        case .winogradRows: "winograd_rows"
        }
    }
}
