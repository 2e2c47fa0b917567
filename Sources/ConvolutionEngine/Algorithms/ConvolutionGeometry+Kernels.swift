import CVectorKernels

extension Spatial {
    var volume: Int { depth * height * width }
    var plane: Int { height * width }
    var extent: cv_extent { cv_extent(depth: depth, height: height, width: width) }
}

extension ConvolutionGeometry {
    /// Products summed for one output: C_in / groups · kernel volume.
    var depth: Int { inputChannels * kernel.volume }

    /// Input planes that one output plane is made of.
    var inputPlanes: Int { inputChannels * kernel.depth }

    var multiplyAccumulates: Int { batch * groups * outputChannels * output.volume * depth }

    /// Input floats of one image.
    var inputFloats: Int { groups * inputChannels * input.volume }
    /// Output floats of one image.
    var outputFloats: Int { groups * outputChannels * output.volume }

    /// Whether some output's window reaches past the input.
    var reachesPadding: Bool {
        (0..<3).contains { axis in
            let last = (output[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] - paddingBegin[axis]
            return paddingBegin[axis] > 0 || last >= input[axis]
        }
    }

    /// What the kernels need to know of one group.
    var kernelGeometry: cv_geometry {
        cv_geometry(
            channels: inputChannels,
            outputs: outputChannels,
            input: input.extent,
            output: output.extent,
            kernel: kernel.extent,
            stride: stride.extent,
            dilation: dilation.extent,
            padding: paddingBegin.extent
        )
    }

    /// About how long one thread takes: nine tenths of one multiply-add on each lane and nanosecond, times three.
    func nanoseconds(lanes: Int) -> Int { multiplyAccumulates / (3 * lanes) }
}
