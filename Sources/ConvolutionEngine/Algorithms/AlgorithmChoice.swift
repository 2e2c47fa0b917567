extension PreparedConvolution {
    /// What will run for finite weights.
    package static func algorithm(for geometry: ConvolutionGeometry, request: AlgorithmRequest) -> ConvolutionAlgorithm
    {
        algorithm(for: geometry, request: request, kernels: .chosen, blocking: .standard)
    }

    /// Working memory of each thread that takes part, known before any weight is.
    package static func workspaceBytes(for geometry: ConvolutionGeometry, algorithm: ConvolutionAlgorithm) -> Int {
        workspaceBytes(for: geometry, algorithm: algorithm, kernels: .chosen, blocking: .standard)
    }

    static func algorithm(
        for geometry: ConvolutionGeometry,
        request: AlgorithmRequest,
        kernels: KernelSet,
        blocking: Blocking
    ) -> ConvolutionAlgorithm {
        // Below this many products the plain loops are done before anything could be packed.
        if geometry.multiplyAccumulates <= 512 { return .plain }
        if geometry.inputChannels == 1, geometry.kernel.depth == 1, DepthwiseConvolution.suits(geometry) {
            return .depthwise
        }
        if geometry.isPointwise { return .pointwise }
        guard geometry.stride.width <= 4, geometry.stride.height <= 4 else { return .direct }
        let plan = WindowPlan(geometry, kernels: kernels, blocking: blocking)
        // Even a single row of outputs may need more input than stays in the second-level cache.
        guard plan.layout.floats <= 2 * blocking.bandFloats else { return .direct }
        return plan.cycles < MatrixConvolution.cycles(geometry, kernels: kernels) ? .window : .direct
    }

    /// Whether an algorithm can compute this geometry at all, fast or not.
    static func applies(_ algorithm: ConvolutionAlgorithm, to geometry: ConvolutionGeometry) -> Bool {
        switch algorithm {
        case .plain, .direct, .window: true
        case .pointwise: geometry.isPointwise
        case .depthwise: geometry.inputChannels == 1 && geometry.kernel.depth == 1
        }
    }

    static func workspaceBytes(
        for geometry: ConvolutionGeometry,
        algorithm: ConvolutionAlgorithm,
        kernels: KernelSet,
        blocking: Blocking
    ) -> Int {
        let floats =
            switch algorithm {
            case .plain, .depthwise: 0
            case .direct, .pointwise:
                MatrixConvolution.scratch(geometry, kernels: kernels, blocking: blocking)
            case .window: WindowPlan(geometry, kernels: kernels, blocking: blocking).scratch
            }
        return floats * MemoryLayout<Float>.stride
    }

    static func executor(
        _ algorithm: ConvolutionAlgorithm,
        _ geometry: ConvolutionGeometry,
        weight: Tensor,
        kernels: KernelSet,
        blocking: Blocking
    ) -> any ConvolutionExecutor {
        switch algorithm {
        case .plain: PlainConvolution(geometry: geometry, weight: weight, kernels: kernels)
        case .depthwise: DepthwiseConvolution(geometry: geometry, weight: weight, kernels: kernels)
        case .window: WindowConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking)
        case .direct, .pointwise:
            MatrixConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking)
        }
    }
}

extension ConvolutionGeometry {
    /// Each output is a sum over the channels of the one pixel at the same place.
    var isPointwise: Bool {
        kernel == Spatial(repeating: 1) && stride == Spatial(repeating: 1) && input == output
            && paddingBegin == Spatial(repeating: 0)
    }
}
