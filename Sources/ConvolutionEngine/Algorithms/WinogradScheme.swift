import CVectorKernels

/// Which transforms compute a convolution by fewer products: tiles of 4 × 4 outputs, with one axis along y and one along x
/// (Winograd 1980; Lavin and Gray, Fast algorithms for convolutional neural networks, 2015). The axes themselves, among
/// them those of stride 2, are derived in `Tests/Tools/winograd.py`.
///
/// A dilated convolution falls into as many undilated ones as there are positions between two taps: outputs that lie
/// `dilation` apart read only inputs that lie `dilation` apart. Each such lattice has tiles of its own.
struct WinogradScheme: Hashable, Sendable {
    /// Outputs of a tile along each axis.
    static let outputs = 4

    let axisY: Int32
    let axisX: Int32
    /// Input samples of a tile, and products that it takes, along each axis.
    let samplesY: Int
    let pointsY: Int
    let pointsX: Int
    /// |error| ≤ errorBound · Σ|w| · max|x| for each output: w of its channel, x of its tile. More points err more.
    let errorBound: Double

    /// Products of a tile, for one channel and one output channel.
    var points: Int { pointsY * pointsX }

    /// Whether there are kernels for a few tiles: three taps along x.
    var suitsFew: Bool { axisX == 3 * 16 + 1 }

    /// `nil` when there are no transforms for the kernel and its steps.
    init?(_ geometry: ConvolutionGeometry) {
        guard geometry.kernel.depth == 1, geometry.input.depth == 1, geometry.output.depth == 1,
            geometry.paddingBegin.depth == 0,
            geometry.stride.height == 1 || geometry.dilation.height == 1,
            geometry.stride.width == 1 || geometry.dilation.width == 1,
            let y = cv_winograd_axis(geometry.kernel.height, geometry.stride.height),
            let x = cv_winograd_axis(geometry.kernel.width, geometry.stride.width)
        else { return nil }
        axisY = Int32(geometry.kernel.height * 16 + geometry.stride.height)
        axisX = Int32(geometry.kernel.width * 16 + geometry.stride.width)
        samplesY = Int(y.pointee.samples)
        pointsY = Int(y.pointee.points)
        pointsX = Int(x.pointee.points)
        // The longest filters of stride 1 that the axes are made of.
        let longest = max(
            (geometry.kernel.height - 1) / geometry.stride.height + 1,
            (geometry.kernel.width - 1) / geometry.stride.width + 1
        )
        errorBound = longest <= 3 ? 2e-6 : 1e-5
    }
}
