/// A convolution with zero padding, reduced to the numbers that the algorithms need. All extents have been checked:
/// every product that an algorithm forms from them fits an `Int`.
package struct ConvolutionGeometry: Hashable, Sendable {
    package var batch: Int
    package var groups: Int
    /// C_in / groups
    package var inputChannels: Int
    /// C_out / groups
    package var outputChannels: Int
    package var input: Spatial
    package var output: Spatial
    package var kernel: Spatial
    package var stride: Spatial
    package var dilation: Spatial
    /// Cells before each axis; what lies past the end follows from the other numbers.
    package var paddingBegin: Spatial

    package init(
        batch: Int,
        groups: Int,
        inputChannels: Int,
        outputChannels: Int,
        input: Spatial,
        output: Spatial,
        kernel: Spatial,
        stride: Spatial,
        dilation: Spatial,
        paddingBegin: Spatial
    ) {
        self.batch = batch
        self.groups = groups
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.input = input
        self.output = output
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.paddingBegin = paddingBegin
    }
}

extension ConvolutionGeometry {
    /// The same convolution over planes, where the kernel reaches along the depth alone: what lies side by side in a slice
    /// then makes one long row.
    var alongRows: ConvolutionGeometry {
        guard kernel.depth > 1, kernel.height == 1, kernel.width == 1, stride.height == 1, stride.width == 1,
            paddingBegin.height == 0, paddingBegin.width == 0,
            input.height == output.height, input.width == output.width
        else { return self }
        func flat(_ extents: Spatial) -> Spatial {
            Spatial(depth: 1, height: extents.depth, width: extents.height * extents.width)
        }
        var planar = self
        planar.input = flat(input)
        planar.output = flat(output)
        planar.kernel = flat(kernel)
        planar.stride = flat(stride)
        planar.dilation = Spatial(depth: 1, height: dilation.depth, width: 1)
        planar.paddingBegin = Spatial(depth: 0, height: paddingBegin.depth, width: 0)
        return planar
    }
}

/// A pooling window's walk, reduced to the numbers that the algorithms need. All extents have been checked.
package struct PoolingGeometry: Hashable, Sendable {
    /// Batch · channels: each plane is pooled by itself.
    package var planes: Int
    package var input: Spatial
    package var output: Spatial
    package var kernel: Spatial
    package var stride: Spatial
    package var dilation: Spatial
    package var paddingBegin: Spatial
    package var paddingEnd: Spatial

    package init(
        planes: Int,
        input: Spatial,
        output: Spatial,
        kernel: Spatial,
        stride: Spatial,
        dilation: Spatial,
        paddingBegin: Spatial,
        paddingEnd: Spatial
    ) {
        self.planes = planes
        self.input = input
        self.output = output
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.paddingBegin = paddingBegin
        self.paddingEnd = paddingEnd
    }
}
