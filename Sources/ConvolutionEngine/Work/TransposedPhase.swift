/// The outputs of a transposed convolution that lie a stride apart.
struct TransposedPhase: Sendable {
    private let axes: [AxisPhase]
    /// Of the outputs, per axis.
    let first: Spatial
    let count: Spatial
    /// Outputs of the ordinary convolution before the first that is wanted.
    let skip: Spatial
    /// The ordinary convolution that gives them; `nil` when no tap reaches these outputs, so that only the bias remains.
    let convolution: ConvolutionGeometry?

    /// More phases than this are not worth their weights' copies.
    private static let maximumPhases = 64

    /// All phases, none of them empty, those along the width next to each other; `nil` where they are too many.
    static func all(of geometry: TransposedGeometry) -> [TransposedPhase]? {
        guard arePhasesFew(geometry.windows) else { return nil }
        var phases: [TransposedPhase] = []
        for depth in AxisPhase.all(of: geometry.windows.depth) {
            for height in AxisPhase.all(of: geometry.windows.height) {
                for width in AxisPhase.all(of: geometry.windows.width) {
                    phases.append(TransposedPhase([depth, height, width], of: geometry))
                }
            }
        }
        return phases
    }

    static func arePhasesFew(_ windows: Windows) -> Bool {
        var count = 1
        for axis in 0..<3 {
            guard windows[axis].stride <= maximumPhases else { return false }
            count *= windows[axis].stride
        }
        return count <= maximumPhases
    }

    private init(_ axes: [AxisPhase], of geometry: TransposedGeometry) {
        func spatial(_ number: (AxisPhase) -> Int) -> Spatial {
            Spatial(depth: number(axes[0]), height: number(axes[1]), width: number(axes[2]))
        }
        self.axes = axes
        first = spatial(\.first)
        count = spatial(\.count)
        skip = spatial(\.skip)
        guard axes.allSatisfy({ $0.taps > 0 }) else {
            convolution = nil
            return
        }
        convolution = ConvolutionGeometry(
            batch: geometry.batch,
            groups: geometry.groups,
            inputChannels: geometry.inputChannels,
            outputChannels: geometry.outputChannels,
            input: geometry.windows.input,
            output: spatial { $0.skip + $0.count },
            kernel: spatial(\.taps),
            stride: Spatial(repeating: 1),
            dilation: spatial(\.dilation),
            paddingBegin: spatial(\.padding)
        )
    }

    /// Whether their outputs lie in the same rows.
    func sharesRows(with other: TransposedPhase) -> Bool {
        first.depth == other.first.depth && first.height == other.first.height
    }

    /// The number that a tap of the ordinary convolution has in the whole kernel.
    func tap(_ depth: Int, _ height: Int, _ width: Int) -> Spatial {
        Spatial(depth: axes[0].tap(depth), height: axes[1].tap(height), width: axes[2].tap(width))
    }
}
