/// Cells around each plane that hold what a padding mode says.
struct SpatialPadding: Sendable {
    var input: Spatial
    var before: Spatial
    var output: Spatial
    var mode: Pad.Mode

    /// `mode` is not zeros: those are never written.
    init(_ windows: Windows, mode: PaddingMode) {
        input = windows.input
        before = windows.paddingBegin
        output = Spatial(depth: windows.depth.padded, height: windows.height.padded, width: windows.width.padded)
        switch mode {
        case .zeros: self.mode = .constant
        case .reflect: self.mode = .reflect
        case .replicate: self.mode = .replicate
        case .circular: self.mode = .circular
        }
    }

    /// A padded copy of [planes, D, H, W].
    func around(_ tensor: Tensor, planes: Int) -> Tensor {
        guard let inputShape = Shape([planes, input.depth, input.height, input.width, 1, 1, 1, 1], rank: 4),
            let outputShape = Shape([planes, output.depth, output.height, output.width, 1, 1, 1, 1], rank: 4)
        else {
            preconditionFailure("the plan's limits bound the workspace")
        }
        return Tensor.computed(outputShape) { output in
            Reference.pad(
                from: inputShape,
                to: outputShape,
                before: SIMD8(0, before.depth, before.height, before.width, 0, 0, 0, 0),
                mode: mode,
                value: 0,
                input: tensor.elements,
                output: &output
            )
        }
    }
}
