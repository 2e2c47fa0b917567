extension TransposedConvolution {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        let input = try FeatureShape(inputShape, spatialRank: spatialRank)
        try checkParameter(groups, atLeast: 1, "groups", nil)
        guard input.channels % groups == 0 else {
            throw EngineError(.groups(found: groups, channels: input.channels, of: .input), parameter: "groups")
        }
        let (kernel, groupChannels) = try kernels(input, shape: inputShape)
        guard let outputChannels = product(groupChannels, groups) else {
            throw EngineError(.shapeOverflow, parameter: "weight")
        }
        try checkShape(bias, is: outputChannels, "bias")
        let parameters = WindowParameters(kernel: kernel, stride: stride, dilation: dilation, padding: padding)
        try parameters.check()
        let windows = try Windows { axis throws(EngineError) in
            try Window.transposed(input: input.spatial[axis], parameters, extent: extent(axis), axis: axis)
        }

        let outputShape = try input.shape(channels: outputChannels, spatial: windows.output)
        var resolved = ResolvedLayer(outputShape: outputShape, work: nil)
        let weights = product(product(input.channels, groupChannels), kernel.cells)
        let biases = bias != nil || countsBias ? outputChannels : 0
        resolved.multiplyAccumulates = try checkedCost(
            product(product(inputShape.elementCount, groupChannels), kernel.cells)
        )
        resolved.cost = sum(resolved.multiplyAccumulates, outputShape.elementCount)
        resolved.parameters = try checkedCost(sum(weights, biases))
        resolved.reach = .transposed(windows, spatialRank: spatialRank)
        resolved.parametersLocallyConnected = sum(
            product(input.spatial.cells, weights),
            product(windows.output.cells, biases)
        )
        resolved.parametersDense = sum(
            product(
                product(input.channels, input.spatial.cells),
                product(outputChannels, windows.output.cells)
            ),
            product(biases, windows.output.cells)
        )
        if case .tensor(let tensor) = weight {
            let work = TransposedConvolutionWork(
                geometry: TransposedGeometry(
                    batch: input.batch,
                    groups: groups,
                    inputChannels: input.channels / groups,
                    outputChannels: groupChannels,
                    windows: windows
                ),
                weight: tensor,
                bias: bias
            )
            // Rearranged once for the phases and once packed.
            resolved.packedBytes = product(weights, 24)
            resolved.work = .transposedConvolution(work)
        }
        return resolved
    }

    /// The neutral axes of a 1-d or 2-d layer take what is always right for them, whatever `outputExtent` says there.
    private func extent(_ axis: Int) -> OutputExtent {
        axis < 3 - spatialRank ? .padding(Spatial(repeating: 0)) : outputExtent
    }

    /// The kernel's extents and C_out / groups.
    private func kernels(_ input: FeatureShape, shape inputShape: Shape) throws(EngineError) -> (Spatial, Int) {
        switch weight {
        case .tensor(let tensor):
            let shape = tensor.shape
            let size = try kernelSize(shape, spatialRank: spatialRank)
            let isKernelAlone = shape.rank == spatialRank
            guard input.channels == (isKernelAlone ? 1 : shape[0]) else {
                let reason = EngineError.Reason.transposedInputChannels(
                    weight: shape,
                    input: inputShape,
                    channels: input.channels
                )
                throw EngineError(reason, parameter: "weight")
            }
            return (size, isKernelAlone ? 1 : shape[1])
        case .unspecified(let outChannels, let kernelSize):
            try checkParameter(outChannels, atLeast: 1, "out_channels", nil)
            guard outChannels % groups == 0 else {
                throw EngineError(.groups(found: groups, channels: outChannels, of: .output), parameter: "groups")
            }
            return (kernelSize, outChannels / groups)
        }
    }
}
