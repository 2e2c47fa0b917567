/// Plain loops, one file a family: what every faster path is checked against, what runs where there is no faster path, and
/// what to read to learn what a layer means.
///
/// Sums are taken in float64 and rounded once. Padding is skipped, never multiplied, so that an infinity beside it stays
/// one. All functions expect what validation has checked. Those that may run for long ask, every few million steps at most,
/// whether they are still wanted, and leave the output unfinished where not.
enum Reference {}

extension Spatial {
    /// Calls `body` for every position, in row-major order, with its flat index.
    @inline(__always)
    func forEachPosition(_ body: (Spatial, Int) -> Void) {
        var flat = 0
        for depth in 0..<self.depth {
            for height in 0..<self.height {
                for width in 0..<self.width {
                    body(Spatial(depth: depth, height: height, width: width), flat)
                    flat += 1
                }
            }
        }
    }
}

/// The taps of one window that lie inside the input, and where in the plane they lie.
struct InnerTaps {
    let depth: Range<Int>
    let height: Range<Int>
    let width: Range<Int>
    private let start: Spatial
    private let dilation: Spatial
    private let input: Spatial

    /// Of the output at `position`.
    init(
        at position: Spatial,
        input: Spatial,
        kernel: Spatial,
        stride: Spatial,
        dilation: Spatial,
        paddingBegin: Spatial
    ) {
        var start = Spatial(repeating: 0)
        for axis in 0..<3 { start[axis] = position[axis] * stride[axis] - paddingBegin[axis] }
        func taps(_ axis: Int) -> Range<Int> {
            Window.taps(from: start[axis], input: input[axis], kernel: kernel[axis], dilation: dilation[axis])
        }
        depth = taps(0)
        height = taps(1)
        width = taps(2)
        self.start = start
        self.dilation = dilation
        self.input = input
    }

    var count: Int { depth.count * height.count * width.count }

    /// Calls `body` for every inner tap, in row-major order, with its flat index in the plane.
    @inline(__always)
    func forEach(_ body: (_ tap: Spatial, _ cell: Int) -> Void) {
        for kd in depth {
            let plane = (start.depth + kd * dilation.depth) * input.height
            for kh in height {
                let row = (plane + start.height + kh * dilation.height) * input.width
                for kw in width {
                    body(Spatial(depth: kd, height: kh, width: kw), row + start.width + kw * dilation.width)
                }
            }
        }
    }
}

/// One number of a parameter that may be missing.
func number(_ values: Span<Float>?, _ index: Int, else missing: Double) -> Double {
    if let values { Double(values[index]) } else { missing }
}

extension Range<Int> {
    /// The range of `count` elements from `start`.
    init(start: Int, count: Int) { self = start..<(start + count) }
}
