import CVectorKernels

/// One input channel to a group, so that every output channel is one plane convolved with one kernel.
final class DepthwiseConvolution: BareAlgorithm {
    private let geometry: ConvolutionGeometry
    private let kernels: KernelSet
    private let convolvePlanes: PlaneKernel

    typealias PlaneKernel = @convention(c) (UnsafePointer<cv_planes>) -> Void

    /// - Parameter filter: what convolves the planes; `nil`: direct summation.
    init(_ geometry: ConvolutionGeometry, kernels: KernelSet, filter: PlaneKernel? = nil) {
        self.geometry = geometry
        self.kernels = kernels
        convolvePlanes = filter ?? kernels.functions.planes
    }

    /// Winograd's filtering down the columns of planes, where it takes less time than direct summation. Its weights are
    /// transformed as they are used, and an output that is not finite is summed directly there and then.
    static func filter(_ geometry: ConvolutionGeometry, kernels: KernelSet) -> PlaneKernel? {
        guard geometry.inputChannels == 1, geometry.kernel == Spatial(depth: 1, height: 7, width: 7),
            geometry.stride == Spatial(repeating: 1), geometry.dilation == Spatial(repeating: 1),
            geometry.output.height >= 8, geometry.output.width > 16
        else { return nil }
        return kernels.functions.filtered_planes
    }

    /// Strided pixels are gathered anew for each output channel; panels do that once for all of them.
    static func suits(_ geometry: ConvolutionGeometry) -> Bool {
        geometry.inputChannels == 1 && geometry.kernel.depth == 1
            && (geometry.stride.width == 1 || geometry.outputChannels <= (geometry.stride.width <= 4 ? 8 : 2))
    }

    func run(
        input: UnsafePointer<Float>,
        weights: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        finish: (UnsafeMutableBufferPointer<Float>) -> Void,
        team: Team
    ) {
        let (rows, width) = (geometry.output.height, geometry.output.width)
        var plane = geometry.rowsOfPlane(
            input,
            below: geometry.input.height,
            weights: weights,
            bias: 0,
            output: output,
            rows: 0..<rows
        )
        let many = kernels.functions.planes_together(&plane), together = planesAlike(from: 0) >= many ? many : 1
        let strips = RowStrips(planes: planes, rows: rows, width: width, together: together)
        let nanoseconds = geometry.nanoseconds(lanes: kernels.lanes) * 2
        team.run(tasks: strips.count, nanoseconds: nanoseconds) { task in
            let (planes, rows) = strips.part(task)
            var first = planes.lowerBound
            while first < planes.upperBound {
                let alike = first..<min(planes.upperBound, first + planesAlike(from: first))
                convolve(alike, rows: rows, input: input, weights: weights, bias: bias, output: output)
                first = alike.upperBound
            }
            for plane in planes {
                let first = output + plane * geometry.output.plane + rows.lowerBound * geometry.output.width
                finish(UnsafeMutableBufferPointer(start: first, count: rows.count * geometry.output.width))
            }
        }
    }

    /// Output planes of the whole batch, depth unrolled.
    private var planes: Int { geometry.batch * geometry.groups * geometry.outputChannels * geometry.output.depth }

    /// How many output planes from this one on have inputs, weights and biases equally far apart.
    private func planesAlike(from plane: Int) -> Int {
        let areFlat = geometry.input.depth == 1 && geometry.output.depth == 1
        return areFlat && geometry.outputChannels == 1 ? geometry.groups - plane % geometry.groups : 1
    }

    private func convolve(
        _ planes: Range<Int>,
        rows: Range<Int>,
        input: UnsafePointer<Float>,
        weights: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        let channels = geometry.groups * geometry.outputChannels, plane = planes.lowerBound
        let z = plane % geometry.output.depth, channel = plane / geometry.output.depth % channels
        let image = plane / geometry.output.depth / channels
        let source = image * geometry.groups + channel / geometry.outputChannels
        let inZ = z * geometry.stride.depth - geometry.paddingBegin.depth
        let target = output + plane * geometry.output.plane
        let start = bias?[channel] ?? 0
        guard inZ >= 0, inZ < geometry.input.depth else {
            for index in 0..<planes.count {
                (target + index * geometry.output.plane + rows.lowerBound * geometry.output.width)
                    .update(repeating: bias?[channel + index] ?? 0, count: rows.count * geometry.output.width)
            }
            return
        }
        let first = geometry.rowsOfPlane(
            input + source * geometry.input.volume + inZ * geometry.input.plane,
            below: geometry.input.height,
            weights: weights + channel * geometry.kernel.plane,
            bias: start,
            output: target,
            rows: rows
        )
        var part = cv_planes(
            first: first,
            count: planes.count,
            input_step: geometry.input.plane,
            output_step: geometry.output.plane,
            weights_step: geometry.kernel.plane,
            biases: bias.map { $0 + channel }
        )
        convolvePlanes(&part)
    }
}

extension ConvolutionGeometry {
    /// Output rows of one plane convolved with one kernel.
    ///
    /// - Parameters:
    ///   - input: the plane's first row, there or not.
    ///   - end: input rows from this one on do not exist.
    ///   - weights: [kH, kW]
    ///   - ceiling: when above zero, sums become the nearest number from 0 to this; NaN stays.
    ///   - output: the output plane's first row, there or not.
    func rowsOfPlane(
        _ input: UnsafePointer<Float>,
        below end: Int,
        weights: UnsafePointer<Float>,
        bias: Float,
        ceiling: Float = 0,
        output plane: UnsafeMutablePointer<Float>,
        rows: Range<Int>
    ) -> cv_rows {
        cv_rows(
            input: input,
            output: plane,
            weights: weights,
            bias: bias,
            ceiling: ceiling,
            input_height: end,
            input_width: self.input.width,
            output_height: output.height,
            output_width: output.width,
            kernel_height: kernel.height,
            kernel_width: kernel.width,
            stride_y: stride.height,
            stride_x: stride.width,
            dilation_y: dilation.height,
            dilation_x: dilation.width,
            padding_y: paddingBegin.height,
            padding_x: paddingBegin.width,
            row_begin: rows.lowerBound,
            row_end: rows.upperBound
        )
    }
}
