import CVectorKernels

/// Which transforms compute a convolution by fewer products: tiles of up to 7 × 4 outputs, with one axis along y and one
/// along x (Winograd 1980; Lavin and Gray, Fast algorithms for convolutional neural networks, 2015). The axes themselves,
/// among them those of stride 2, are derived in `Tests/Tools/winograd.py`.
///
/// A dilated convolution falls into as many undilated ones as there are positions between two taps: outputs that lie
/// `dilation` apart read only inputs that lie `dilation` apart. Each such lattice has tiles of its own. Along the depth every
/// product is formed.
struct WinogradScheme: Hashable, Sendable {
    /// Taps along the depth, each of which is a product of its own.
    private static let mostDepth = 16

    let axisY: Int32
    let axisX: Int32
    /// Of a tile along each axis.
    let outputsY: Int
    let outputsX: Int
    /// Input samples of a tile, and products that it takes, along each axis.
    let samplesY: Int
    let pointsY: Int
    let pointsX: Int
    /// Different weights among those of the points along y; from the last one on all points have the same.
    let weightsY: Int
    /// Samples that a tile reads along x are so many elements apart, and the tiles that begin in between lie next to each
    /// other; or 0, where tiles themselves do.
    let run: Int
    /// |error| ≤ errorBound · Σ|w| · max|x| for each output: w of its channel, x of its tile. More points err more.
    let errorBound: Double

    /// Products of a tile, for one channel and one output channel.
    var points: Int { pointsY * pointsX }

    /// Whether there are kernels for a few tiles.
    let suitsFew: Bool

    /// Every one for the kernel and its steps; none when there are no transforms for them.
    static func all(for geometry: ConvolutionGeometry) -> [WinogradScheme] {
        guard geometry.kernel.plane > 1, geometry.kernel.depth <= mostDepth,
            geometry.kernel.depth == 1 || geometry.stride.depth == 1 || geometry.dilation.depth == 1,
            geometry.stride.height == 1 || geometry.dilation.height == 1,
            geometry.stride.width == 1 || geometry.dilation.width == 1
        else { return [] }
        return [7, 4, 3, 2, 1].flatMap { outputsY in
            [4, 3, 2, 1].compactMap { WinogradScheme(geometry, outputsY: outputsY, outputsX: $0) }
        }
    }

    private init?(_ geometry: ConvolutionGeometry, outputsY: Int, outputsX: Int) {
        let (kernel, stride) = (geometry.kernel, geometry.stride)
        let dilation = geometry.dilation.width
        // Without taps beside each other any outputs may lie side by side, here those of a whole row.
        run = kernel.width == 1 ? max(1, geometry.output.width) : dilation > 1 ? dilation : 0
        guard let y = cv_winograd_axis(kernel.height, stride.height, outputsY),
            let x = cv_winograd_axis(kernel.width, stride.width, outputsX),
            run > 0 || x.pointee.is_near != 0,
            WinogradScheme.suits(geometry, outputs: outputsY, \.height),
            WinogradScheme.suits(geometry, outputs: outputsX, \.width)
        else { return nil }
        axisY = WinogradScheme.axis(kernel.height, stride.height, outputsY)
        axisX = WinogradScheme.axis(kernel.width, stride.width, outputsX)
        self.outputsY = outputsY
        self.outputsX = outputsX
        samplesY = Int(y.pointee.samples)
        pointsY = Int(y.pointee.points)
        pointsX = Int(x.pointee.points)
        weightsY = Int(y.pointee.weights)
        suitsFew = x.pointee.is_few != 0
        // The longest filters of stride 1 that the axes are made of.
        let longest = max(
            (geometry.kernel.height - 1) / geometry.stride.height + 1,
            (geometry.kernel.width - 1) / geometry.stride.width + 1
        )
        errorBound = longest > 3 ? 1e-5 : outputsY > 4 ? 8e-6 : 2e-6
    }

    /// One or two outputs of three taps side by side have no other samples than so many, between zeros of the padding.
    private static func suits(_ g: ConvolutionGeometry, outputs: Int, _ axis: KeyPath<Spatial, Int>) -> Bool {
        guard g.kernel[keyPath: axis] == 3, g.stride[keyPath: axis] == 1, outputs < 3 else { return true }
        let dilation = g.dilation[keyPath: axis]
        return g.paddingBegin[keyPath: axis] == dilation
            && max(g.input[keyPath: axis], g.output[keyPath: axis]) <= outputs * dilation
    }

    /// As `CV_AXIS`.
    private static func axis(_ taps: Int, _ stride: Int, _ outputs: Int) -> Int32 {
        Int32(taps * 64 + stride * 16 + outputs)
    }
}
