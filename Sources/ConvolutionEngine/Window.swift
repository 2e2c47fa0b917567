/// One spatial axis of a sliding window, resolved: all numbers are known and checked.
///
/// Every parameter is at most `maximumParameter` and every extent at most `maximumExtent`, so that no sum or product formed
/// from one window comes near the limits of 64 bits.
package struct Window: Hashable, Sendable {
    /// More than any layer has; what lies above is a mistake or an attack.
    package static let maximumParameter = (1 << 31) - 1
    /// More cells along one axis than any memory holds.
    package static let maximumExtent = 1 << 48

    package var input: Int
    package var kernel: Int
    package var stride: Int
    package var dilation: Int
    package var paddingBegin: Int
    /// Below zero only for a transposed convolution whose output reaches past the last full window.
    package var paddingEnd: Int
    package var output: Int

    /// The cells from the first tap to the last.
    package var effectiveKernel: Int { Window.effective(kernel: kernel, dilation: dilation) }

    /// The taps of the window of output `index` that lie inside the input; the others are padding.
    package func taps(at index: Int) -> Range<Int> {
        Window.taps(from: index * stride - paddingBegin, input: input, kernel: kernel, dilation: dilation)
    }

    /// The taps inside the input of a window whose first tap lies at cell `start`, which may be negative.
    static func taps(from start: Int, input: Int, kernel: Int, dilation: Int) -> Range<Int> {
        let first = start >= 0 ? 0 : (dilation - 1 - start) / dilation
        let end = start >= input ? 0 : min(kernel, (input - start + dilation - 1) / dilation)
        return first..<max(first, end)
    }

    static func effective(kernel: Int, dilation: Int) -> Int { dilation * (kernel - 1) + 1 }
}

/// The axis-independent part of a window, before the input is known.
struct WindowParameters {
    var kernel: Spatial
    var stride: Spatial
    var dilation: Spatial
    var padding: Padding

    /// Throws unless every parameter is in its range.
    func check() throws(EngineError) {
        for axis in 0..<3 {
            try checkParameter(kernel[axis], atLeast: 1, "kernel_size", axis)
            try checkParameter(stride[axis], atLeast: 1, "stride", axis)
            try checkParameter(dilation[axis], atLeast: 1, "dilation", axis)
            if case .explicit(let begin, let end) = padding {
                try checkParameter(begin[axis], atLeast: 0, "padding", axis)
                try checkParameter(end[axis], atLeast: 0, "padding", axis)
            }
        }
    }
}

/// Throws unless `value` lies in `minimum...Window.maximumParameter`.
func checkParameter(_ value: Int, atLeast minimum: Int, _ name: String, _ axis: Int?) throws(EngineError) {
    if value < minimum {
        throw EngineError(.tooSmall(found: value, minimum: minimum, axis: axis), parameter: name)
    }
    if value > Window.maximumParameter {
        throw EngineError(.tooLarge(found: value, maximum: Window.maximumParameter, axis: axis), parameter: name)
    }
}

/// A window on each of the three spatial axes.
package struct Windows: Hashable, Sendable {
    package var depth: Window
    package var height: Window
    package var width: Window

    /// Axis 0 is depth, 1 height, 2 width.
    package subscript(axis: Int) -> Window {
        get {
            switch axis {
            case 0: depth
            case 1: height
            default: width
            }
        }
        set {
            switch axis {
            case 0: depth = newValue
            case 1: height = newValue
            default: width = newValue
            }
        }
    }

    init(_ window: (Int) throws(EngineError) -> Window) throws(EngineError) {
        depth = try window(0)
        height = try window(1)
        width = try window(2)
    }

    private func map(_ number: (Window) -> Int) -> Spatial {
        Spatial(depth: number(depth), height: number(height), width: number(width))
    }

    package var input: Spatial { map(\.input) }
    package var output: Spatial { map(\.output) }
    package var kernel: Spatial { map(\.kernel) }
    package var stride: Spatial { map(\.stride) }
    package var dilation: Spatial { map(\.dilation) }
    package var paddingBegin: Spatial { map(\.paddingBegin) }
    package var paddingEnd: Spatial { map(\.paddingEnd) }
}
