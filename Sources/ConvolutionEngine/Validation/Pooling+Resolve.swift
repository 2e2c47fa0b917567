extension Pooling {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        let input = try FeatureShape(inputShape, spatialRank: spatialRank)
        let parameters = WindowParameters(kernel: kernelSize, stride: stride, dilation: dilation, padding: padding)
        try parameters.check()
        switch reduction {
        case .average(_, divisorOverride: 0?):
            throw EngineError(.zeroDivisor, parameter: "divisor_override")
        case .norm(let p) where !(p > 0 && p.isFinite):
            throw EngineError(.outOfRange(found: p, requirement: .aboveZero), parameter: "norm_type")
        default:
            break
        }
        let windows = try Windows { axis throws(EngineError) in
            try Window.pooling(input: input.spatial[axis], parameters, ceilMode: ceilMode, axis: axis)
        }
        let outputShape = try input.shape(channels: input.channels, spatial: windows.output)
        let geometry = PoolingGeometry(
            planes: try planes(input),
            input: windows.input,
            output: windows.output,
            kernel: windows.reachedKernel,
            stride: windows.stride,
            dilation: windows.dilation,
            paddingBegin: windows.paddingBegin,
            paddingEnd: windows.paddingEnd
        )
        var resolved = ResolvedLayer(
            outputShape: outputShape,
            work: .pooling(PoolingWork(geometry: geometry, reduction: reduction))
        )
        resolved.reach = .sliding(windows, spatialRank: spatialRank, roundsUp: ceilMode)
        // Within the limits of a plan this also keeps every product in the algorithms from overflowing.
        resolved.cost = product(outputShape.elementCount, geometry.kernel.cells)
        return resolved
    }
}

extension AdaptivePooling {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        let input = try FeatureShape(inputShape, spatialRank: spatialRank)
        guard outputSize.count == spatialRank else {
            throw EngineError(.count(found: outputSize.count, expected: spatialRank), parameter: "output_size")
        }
        var output = input.spatial
        for (offset, size) in outputSize.enumerated() {
            guard let size else { continue }
            let axis = 3 - spatialRank + offset
            try checkParameter(size, atLeast: 1, "output_size", axis)
            output[axis] = size
        }
        let outputShape = try input.shape(channels: input.channels, spatial: output)
        var resolved = ResolvedLayer(
            outputShape: outputShape,
            work: .adaptivePooling(
                AdaptivePoolingWork(
                    planes: try planes(input),
                    input: input.spatial,
                    output: output,
                    reduction: reduction
                )
            )
        )
        resolved.reach = .adaptive(input: input.spatial, output: output, spatialRank: spatialRank)
        var cost: Int? = outputShape.elementCount
        for axis in 0..<3 { cost = product(cost, input.spatial[axis] / output[axis] + 2) }
        resolved.cost = cost
        return resolved
    }
}

extension Unpooling {
    func resolve(_ inputShape: Shape) throws(EngineError) -> ResolvedLayer {
        let input = try FeatureShape(inputShape, spatialRank: spatialRank)
        let parameters = WindowParameters(
            kernel: kernelSize,
            stride: stride,
            dilation: Spatial(repeating: 1),
            padding: padding
        )
        try parameters.check()
        var output = Spatial(repeating: 1)
        for axis in (3 - spatialRank)..<3 {
            output[axis] = try Window.unpooledExtent(
                input: input.spatial[axis],
                parameters,
                outputSize: outputSize,
                axis: axis
            )
        }
        let outputShape = try input.shape(channels: input.channels, spatial: output)
        var resolved = ResolvedLayer(outputShape: outputShape, work: nil)
        resolved.missing = "indices"
        resolved.cost = sum(inputShape.elementCount, outputShape.elementCount)
        resolved.reach = .resampled(input: input.spatial, output: output, spatialRank: spatialRank)
        if let indices {
            guard let planeSize = output.cells else { throw EngineError(.shapeOverflow) }
            try check(indices, shape: inputShape, planeSize: planeSize)
            resolved.work = .unpooling(
                UnpoolingWork(planes: try planes(input), planeSize: planeSize, indices: indices)
            )
        }
        return resolved
    }

    private func check(_ indices: IndexTensor, shape: Shape, planeSize: Int) throws(EngineError) {
        guard indices.shape == shape else {
            throw EngineError(.shape(found: indices.shape, expected: shape), parameter: "indices")
        }
        for (position, index) in indices.values.enumerated() where index < 0 || index >= planeSize {
            let reason = EngineError.Reason.indexOutOfPlane(index: index, position: position, planeSize: planeSize)
            throw EngineError(reason, parameter: "indices")
        }
    }
}

extension Windows {
    /// The kernel without the taps that lie past the padding of every window.
    fileprivate var reachedKernel: Spatial {
        var kernel = kernel
        for axis in 0..<3 {
            let window = self[axis]
            kernel[axis] = min(window.kernel, (window.padded + window.dilation - 1) / window.dilation)
        }
        return kernel
    }
}

/// Batch · channels.
private func planes(_ input: FeatureShape) throws(EngineError) -> Int {
    guard let planes = product(input.batch, input.channels) else { throw EngineError(.shapeOverflow) }
    return planes
}
