/// The outputs of a transposed convolution that lie a stride apart, and the ordinary convolution that gives them.
struct TransposedPhase: Sendable {
    /// Of the outputs, per axis.
    private var first: Spatial
    private var count: Spatial
    /// Outputs of the ordinary convolution before the first that is wanted.
    private var skip: Spatial
    private let axes: [AxisPhase]
    /// `nil` when no tap reaches these outputs, so that only the bias remains.
    private let convolution: ConvolutionGeometry?
    /// `nil` before it is prepared as well.
    private(set) var work: ConvolutionWork?

    /// More phases than this are not worth their weights' copies.
    private static let maximumPhases = 64

    /// All phases, none of them empty; `nil` where they are too many.
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

    private static func arePhasesFew(_ windows: Windows) -> Bool {
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

    /// Makes the ordinary convolution's weights and prepares them.
    mutating func prepare(_ geometry: TransposedGeometry, weight: Tensor, bias: Tensor?) {
        guard let convolution else { return }
        let taps = TransposedPhase.weight(weight, axes, of: geometry)
        let work = ConvolutionWork(geometry: convolution, weight: .tensor(taps), bias: bias)
        work.prepare()
        self.work = work
    }

    /// Bytes while it runs, beside its result, on `threads` threads; and of its weights in another form, that stay.
    func bytes(threads: Int) -> (workspace: Int?, transformed: Int) {
        guard let convolution, convolution.suitsAlgorithms else { return (0, 0) }
        let algorithm = PreparedConvolution.algorithm(for: convolution, request: .auto, use: .once)
        let own = PreparedConvolution.workspaceBytes(for: convolution, algorithm: algorithm)
        return (product(own, threads), PreparedConvolution.transformedBytes(for: convolution, algorithm: algorithm))
    }

    /// The cells of a plane that it computes.
    var cells: Int? { product(product(computed.depth, computed.height), computed.width) }

    private var computed: Spatial { convolution?.output ?? count }

    /// [C_out, C_in / groups, taps…], the phase's taps in reverse order.
    private static func weight(_ weight: Tensor, _ axes: [AxisPhase], of geometry: TransposedGeometry) -> Tensor {
        let (depth, height, width) = (axes[0], axes[1], axes[2])
        let kernel = geometry.windows.kernel
        let outputChannels = geometry.groups * geometry.outputChannels
        let taps: InlineArray = [outputChannels, geometry.inputChannels, depth.taps, height.taps, width.taps, 1, 1, 1]
        guard let shape = Shape(taps, rank: 5) else { preconditionFailure("no larger than the weight itself") }
        return Tensor.computed(shape) { output in
            let source = weight.elements
            var target = 0
            for outputChannel in 0..<outputChannels {
                let (group, channel) = outputChannel.quotientAndRemainder(dividingBy: geometry.outputChannels)
                for inputChannel in 0..<geometry.inputChannels {
                    let row = (group * geometry.inputChannels + inputChannel) * geometry.outputChannels + channel
                    for kd in 0..<depth.taps {
                        for kh in 0..<height.taps {
                            for kw in 0..<width.taps {
                                let tap = Spatial(
                                    depth: depth.tap(kd),
                                    height: height.tap(kh),
                                    width: width.tap(kw)
                                )
                                output[target] = source[row * kernel.cellCount + kernel.flatIndex(of: tap)]
                                target += 1
                            }
                        }
                    }
                }
            }
        }
    }

    /// Whether it gives the whole output, in its order.
    func isWhole(of windows: Windows) -> Bool {
        work != nil && windows.stride == Spatial(repeating: 1) && skip == Spatial(repeating: 0)
    }

    /// Computes the phase and spreads it over the output.
    func write(
        _ input: Tensor,
        bias: Tensor?,
        geometry: TransposedGeometry,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        let channels = geometry.groups * geometry.outputChannels
        let planes = geometry.batch * channels
        let planar: InlineArray = [planes, computed.depth, computed.height, computed.width, 1, 1, 1, 1]
        guard let shape = Shape(planar, rank: 4) else { preconditionFailure("within the plan's workspace") }
        let size = geometry.windows.output.cellCount, stride = geometry.windows.stride.width
        guard let result = work?.run(input, outputShape: shape, team: team) else {
            for plane in 0..<planes {
                let constant = bias?.elements[plane % channels] ?? 0
                forEachRow(of: geometry.windows) { _, target in
                    for column in 0..<count.width {
                        output[plane * size + target + column * stride] = constant
                    }
                }
            }
            return
        }
        result.withElements { elements in
            guard let elements = elements.baseAddress else { return }
            let planeSize = shape.elementCount / planes
            // Some third of a nanosecond for each.
            team.run(tasks: planes, nanoseconds: shape.elementCount / 3) { plane in
                forEachRow(of: geometry.windows) { source, target in
                    let from = elements + plane * planeSize + source, to = output + plane * size + target
                    for column in 0..<count.width { to[column &* stride] = from[column] }
                }
            }
        }
    }

    /// Where each row that is wanted begins in a plane that was computed, and in one of the output.
    private func forEachRow(of windows: Windows, _ body: (_ source: Int, _ target: Int) -> Void) {
        for depth in 0..<count.depth {
            for height in 0..<count.height {
                let sourceRow = (skip.depth + depth) * computed.height + skip.height + height
                let targetDepth = first.depth + depth * windows.stride.depth
                let targetRow = targetDepth * windows.output.height + first.height + height * windows.stride.height
                body(sourceRow * computed.width + skip.width, targetRow * windows.output.width + first.width)
            }
        }
    }
}

/// One axis of a phase. Output o and tap k meet input i where i·s + k·d = o + pad; so all outputs with one remainder r of
/// (o + pad) by s use the taps with k·d ≡ r, which lie s / gcd(s, d) apart.
private struct AxisPhase {
    /// The first output and how many there are, a stride apart.
    var first: Int
    var count: Int
    /// The taps of the phase: how many, the first of them, and their distance.
    var taps: Int
    private var firstTap: Int
    private var tapStep: Int
    /// Input cells between neighbouring taps.
    var dilation: Int
    /// Cells before the input that the ordinary convolution reads.
    var padding: Int
    /// Where it would have to begin inside the input, that many of its outputs are left out: at most one more than the
    /// input has cells.
    var skip: Int

    /// The phases with at least one output.
    static func all(of window: Window) -> [AxisPhase] {
        (0..<window.stride).compactMap { AxisPhase(remainder: $0, window) }
    }

    private init?(remainder: Int, _ window: Window) {
        let (stride, begin) = (window.stride, window.paddingBegin)
        let distance = (remainder - begin) % stride
        first = distance < 0 ? distance + stride : distance
        guard first < window.output else { return nil }
        count = (window.output - 1 - first) / stride + 1
        let divisor = greatestCommonDivisor(stride, window.dilation)
        tapStep = stride / divisor
        dilation = window.dilation / divisor
        let found = (0..<min(tapStep, window.kernel)).first { $0 * window.dilation % stride == remainder }
        firstTap = found ?? 0
        taps = if let found { (window.kernel - 1 - found) / tapStep + 1 } else { 0 }
        // Output `first` meets the first tap at this input cell.
        let cell = (first + begin - remainder) / stride - (firstTap * window.dilation - remainder) / stride
        let before = (taps - 1) * dilation - cell
        padding = max(0, before)
        skip = taps > 0 ? max(0, -before) : 0
    }

    /// The tap of the whole kernel that is number `index` of the phase, in reverse order.
    func tap(_ index: Int) -> Int { firstTap + (taps - 1 - index) * tapStep }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    var (a, b) = (first, second)
    while b != 0 { (a, b) = (b, a % b) }
    return a
}
