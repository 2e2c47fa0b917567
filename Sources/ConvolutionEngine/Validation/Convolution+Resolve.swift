extension Convolution {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        let input = try FeatureShape(inputShape, spatialRank: spatialRank)
        let kernels = try Kernels(self, input: input, shape: inputShape)
        try checkShape(bias, is: kernels.outputChannels, "bias")
        let parameters = WindowParameters(kernel: kernels.size, stride: stride, dilation: dilation, padding: padding)
        try parameters.check()
        let windows = try Windows { axis throws(EngineError) in
            try Window.convolution(input: input.spatial[axis], parameters, axis: axis)
        }
        try checkPaddingMode(windows)

        let outputShape = try input.shape(channels: kernels.outputChannels, spatial: windows.output)
        var resolved = ResolvedLayer(outputShape: outputShape, work: nil)
        let weights = product(product(kernels.outputChannels, kernels.inputChannels), kernels.size.cells)
        let biases = bias != nil || countsBias ? kernels.outputChannels : 0
        resolved.multiplyAccumulates = try checkedCost(
            product(product(outputShape.elementCount, kernels.inputChannels), kernels.size.cells)
        )
        resolved.cost = sum(resolved.multiplyAccumulates, outputShape.elementCount)
        resolved.parameters = try checkedCost(sum(weights, biases))
        resolved.reach = .sliding(windows, spatialRank: spatialRank, roundsUp: false)
        let positions = windows.output.cells
        resolved.parametersLocallyConnected = product(positions, sum(weights, biases))
        resolved.parametersDense = sum(
            product(
                product(input.channels, input.spatial.cells),
                product(kernels.outputChannels, positions)
            ),
            product(biases, positions)
        )

        var geometry = ConvolutionGeometry(
            batch: input.batch,
            groups: kernels.groups,
            inputChannels: kernels.inputChannels,
            outputChannels: kernels.outputChannels / kernels.groups,
            input: windows.input,
            output: windows.output,
            kernel: windows.kernel,
            stride: windows.stride,
            dilation: windows.dilation,
            paddingBegin: windows.paddingBegin
        )
        var border: SpatialPadding?
        if paddingMode != .zeros,
            windows.paddingBegin != Spatial(repeating: 0) || windows.paddingEnd != Spatial(repeating: 0)
        {
            let padded = SpatialPadding(windows, mode: paddingMode)
            geometry.input = padded.output
            geometry.paddingBegin = Spatial(repeating: 0)
            border = padded
        }
        geometry = geometry.alongRows
        switch weight {
        case .tensor(let tensor):
            // The packed copy, and for each row of it where its numbers lie.
            resolved.packedBytes = sum(
                product(weights, 4),
                product(product(kernels.inputChannels, kernels.size.cells), 16)
            )
            resolved.work = .convolution(
                ConvolutionWork(
                    geometry: geometry,
                    weight: .tensor(tensor),
                    bias: bias,
                    border: border,
                    request: algorithm
                )
            )
        case .named(let kernel):
            // Once repeated for every channel, once packed.
            resolved.packedBytes = product(weights, 16)
            resolved.work = .convolution(
                ConvolutionWork(
                    geometry: geometry,
                    weight: .named(kernel),
                    bias: bias,
                    border: border,
                    request: algorithm
                )
            )
        case .unspecified:
            break
        }
        return resolved
    }

    /// Reflection never reaches past the other edge, wrapping goes round once at most (PyTorch's limits).
    private func checkPaddingMode(_ windows: Windows) throws(EngineError) {
        for axis in 0..<3 {
            let window = windows[axis]
            let maximum: Int
            switch paddingMode {
            case .zeros, .replicate: continue
            case .reflect: maximum = window.input - 1
            case .circular: maximum = window.input
            }
            let largest = max(window.paddingBegin, window.paddingEnd)
            guard largest <= maximum else {
                let reason = EngineError.Reason.paddingMode(
                    mode: paddingMode.rawValue,
                    found: largest,
                    maximum: maximum,
                    axis: axis
                )
                throw EngineError(reason, parameter: "padding")
            }
        }
    }
}

/// The extents of a convolution's weight, checked against the input.
private struct Kernels {
    var groups: Int
    /// C_in / groups
    var inputChannels: Int
    /// C_out
    var outputChannels: Int
    var size: Spatial

    init(_ layer: Convolution, input: FeatureShape, shape inputShape: Shape) throws(EngineError) {
        try checkParameter(layer.groups, atLeast: 1, "groups", nil)
        groups = layer.groups
        switch layer.weight {
        case .tensor(let tensor):
            let shape = tensor.shape
            size = try kernelSize(shape, spatialRank: layer.spatialRank)
            if shape.rank == layer.spatialRank {
                // [k…] alone: one kernel for one channel.
                inputChannels = 1
                outputChannels = 1
            } else {
                outputChannels = shape[0]
                inputChannels = shape[1]
            }
            guard input.channels.isMultiple(of: groups) else {
                throw EngineError(.groups(found: groups, channels: input.channels, of: .input), parameter: "groups")
            }
            guard product(inputChannels, groups) == input.channels else {
                let reason = EngineError.Reason.inputChannels(
                    weight: shape,
                    input: inputShape,
                    channels: input.channels,
                    groups: groups
                )
                throw EngineError(reason, parameter: "weight")
            }
        case .named(let kernel):
            guard layer.spatialRank == 2 else {
                throw EngineError(.namedKernel(spatialRank: layer.spatialRank), parameter: "kernel")
            }
            guard groups == 1 || groups == input.channels else {
                throw EngineError(.groups(found: groups, channels: input.channels, of: .input), parameter: "groups")
            }
            let rows = kernel.rows
            groups = input.channels
            inputChannels = 1
            outputChannels = input.channels
            size = Spatial(depth: 1, height: rows.count, width: rows[0].count)
        case .unspecified(let channels, let kernel):
            try checkParameter(channels, atLeast: 1, "out_channels", nil)
            guard input.channels % groups == 0 else {
                throw EngineError(.groups(found: groups, channels: input.channels, of: .input), parameter: "groups")
            }
            inputChannels = input.channels / groups
            outputChannels = channels
            size = kernel
        }
        guard outputChannels % groups == 0 else {
            throw EngineError(.groups(found: groups, channels: outputChannels, of: .output), parameter: "groups")
        }
    }
}

/// The kernel's extents of a weight [C, C, k…] or [k…] whose extents are all above zero.
func kernelSize(_ weight: Shape, spatialRank: Int) throws(EngineError) -> Spatial {
    guard weight.rank == spatialRank + 2 || weight.rank == spatialRank else {
        throw EngineError(.rank(found: weight, expected: [spatialRank, spatialRank + 2]), parameter: "weight")
    }
    for axis in weight.indices where weight[axis] == 0 {
        throw EngineError(.zeroExtent(found: weight, axis: axis), parameter: "weight")
    }
    var size = Spatial(repeating: 1)
    for axis in 0..<spatialRank { size[3 - spatialRank + axis] = weight[weight.rank - spatialRank + axis] }
    return size
}
