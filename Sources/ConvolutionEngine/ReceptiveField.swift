/// The part of the network's input that one element of a result sees, per spatial axis, outermost first.
///
/// See Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), and Araujo et al., Computing
/// receptive fields of convolutional neural networks (Distill, 2019). Normalisation by the tensor's own statistics is not
/// counted, as is usual.
package struct ReceptiveField: Hashable, Sendable {
    /// Cells of the input that one element sees.
    package var size: [Double]
    /// Distance, in cells of the input, between the fields of neighbouring elements.
    package var jump: [Double]
    /// Centre of the first element's field; the first cell of the input has its centre at 0.5.
    package var start: [Double]
}

/// A receptive field on its way through a network, on all three axes.
struct TrackedField {
    private struct Axis {
        var size = 1.0
        var jump = 1.0
        var start = 0.5
    }

    private var axes = [Axis](repeating: Axis(), count: 3)
    /// 0 before the first layer that has spatial axes.
    private var spatialRank = 0

    /// The network's input: every cell sees itself.
    init() {}

    var report: ReceptiveField? {
        guard spatialRank > 0 else { return nil }
        let known = axes.suffix(spatialRank)
        return ReceptiveField(size: known.map(\.size), jump: known.map(\.jump), start: known.map(\.start))
    }

    /// What an element of several results together sees; `nil` when one of them has given up its spatial axes.
    static func merged(_ fields: [TrackedField?]) -> TrackedField? {
        guard var result = fields.first.flatMap({ $0 }) else { return nil }
        for field in fields.dropFirst() {
            guard let field else { return nil }
            result.spatialRank = max(result.spatialRank, field.spatialRank)
            for (index, axis) in field.axes.enumerated() {
                let merged = result.axes[index]
                let low = min(merged.start - merged.size / 2, axis.start - axis.size / 2)
                let high = max(merged.start + merged.size / 2, axis.start + axis.size / 2)
                result.axes[index] = Axis(size: high - low, jump: max(merged.jump, axis.jump), start: (low + high) / 2)
            }
        }
        return result
    }

    /// What an element of the next layer's result sees; `nil` when that gives up the spatial axes.
    func passed(through reach: Reach) -> TrackedField? {
        var field = self
        switch reach {
        case .pointwise:
            break
        case .whole:
            return nil
        case .sliding(let windows, let rank, _):
            field.spatialRank = rank
            for axis in 0..<3 {
                let window = windows[axis]
                field.slide(
                    axis,
                    kernel: Double(window.effectiveKernel),
                    stride: Double(window.stride),
                    padding: Double(window.paddingBegin)
                )
            }
        case .transposed(let windows, let rank):
            field.spatialRank = rank
            for axis in 0..<3 { field.spread(axis, windows[axis]) }
        case .adaptive(let input, let output, let rank):
            field.spatialRank = rank
            for axis in 0..<3 {
                let (count, cells) = (output[axis], input[axis])
                // No window is wider than this; they are equal where the output divides the input.
                let kernel = cells % count == 0 ? cells / count : min(cells, cells / count + 2)
                field.slide(axis, kernel: Double(kernel), stride: Double(cells) / Double(count), padding: 0)
            }
        case .resampled(let input, let output, let rank):
            field.spatialRank = rank
            for axis in 0..<3 {
                field.slide(axis, kernel: 1, stride: Double(input[axis]) / Double(output[axis]), padding: 0)
            }
        }
        return field
    }

    private mutating func slide(_ axis: Int, kernel: Double, stride: Double, padding: Double) {
        let jump = axes[axis].jump
        axes[axis].size += (kernel - 1) * jump
        axes[axis].start += ((kernel - 1) / 2 - padding) * jump
        axes[axis].jump = jump * stride
    }

    /// A transposed convolution is an ordinary one over the input with stride − 1 zeros between its cells.
    private mutating func spread(_ axis: Int, _ window: Window) {
        let jump = axes[axis].jump / Double(window.stride)
        let kernel = window.effectiveKernel
        let cells = (kernel - 1) / window.stride
        axes[axis].size += Double(cells) * axes[axis].jump
        axes[axis].start += (Double(window.paddingBegin) - Double(kernel - 1) / 2) * jump
        axes[axis].jump = jump
    }
}
