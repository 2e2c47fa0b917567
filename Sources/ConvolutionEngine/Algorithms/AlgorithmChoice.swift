extension PreparedConvolution {
    /// What will run for finite weights.
    package static func algorithm(
        for geometry: ConvolutionGeometry,
        request: AlgorithmRequest,
        use: WeightUse
    ) -> ConvolutionAlgorithm {
        algorithm(for: geometry, request: request, use: use, kernels: .chosen, blocking: .standard)
    }

    /// Working memory of each thread that takes part, known before any weight is.
    package static func workspaceBytes(for geometry: ConvolutionGeometry, algorithm: ConvolutionAlgorithm) -> Int {
        workspaceBytes(for: geometry, algorithm: algorithm, kernels: .chosen, blocking: .standard)
    }

    /// Bytes of transformed weights, beside the packed ones that every algorithm has; `nil` when 64 bits do not hold them.
    package static func transformedBytes(
        for geometry: ConvolutionGeometry,
        algorithm: ConvolutionAlgorithm
    ) -> Int? {
        guard algorithm == .winograd, let scheme = WinogradScheme(geometry) else { return 0 }
        return product(WinogradWeights.floats(geometry, scheme), MemoryLayout<Float>.stride)
    }

    static func algorithm(
        for geometry: ConvolutionGeometry,
        request: AlgorithmRequest,
        use: WeightUse,
        kernels: KernelSet,
        blocking: Blocking
    ) -> ConvolutionAlgorithm {
        let direct = directAlgorithm(for: geometry, kernels: kernels, blocking: blocking)
        switch request {
        case .direct:
            return direct.algorithm
        case .winograd:
            return WinogradPlan(geometry, kernels: kernels) == nil ? direct.algorithm : .winograd
        case .auto:
            guard direct.algorithm == .direct || direct.algorithm == .window,
                let winograd = WinogradPlan(geometry, kernels: kernels)
            else { return direct.algorithm }
            return winograd.cycles(use) < direct.cycles ? .winograd : direct.algorithm
        }
    }

    /// The fastest way to form every product, and about how many processor cycles it takes on one thread where that matters.
    private static func directAlgorithm(
        for geometry: ConvolutionGeometry,
        kernels: KernelSet,
        blocking: Blocking
    ) -> (algorithm: ConvolutionAlgorithm, cycles: Double) {
        // Below this many products the plain loops are done before anything could be packed.
        if geometry.multiplyAccumulates <= 512 { return (.plain, 0) }
        if geometry.inputChannels == 1, geometry.kernel.depth == 1, DepthwiseConvolution.suits(geometry) {
            return (.depthwise, 0)
        }
        if geometry.isPointwise { return (.pointwise, 0) }
        let direct = MatrixConvolution.cycles(geometry, kernels: kernels)
        guard geometry.stride.width <= 4, geometry.stride.height <= 4 else { return (.direct, direct) }
        let plan = WindowPlan(geometry, kernels: kernels, blocking: blocking)
        // Even a single row of outputs may need more input than stays in the second-level cache.
        guard plan.layout.floats <= 2 * blocking.bandFloats else { return (.direct, direct) }
        return plan.cycles < direct ? (.window, plan.cycles) : (.direct, direct)
    }

    /// Whether an algorithm can compute this geometry at all, fast or not.
    static func applies(
        _ algorithm: ConvolutionAlgorithm,
        to geometry: ConvolutionGeometry,
        kernels: KernelSet
    ) -> Bool {
        switch algorithm {
        case .plain, .direct, .window: true
        case .pointwise: geometry.isPointwise
        case .depthwise: geometry.inputChannels == 1 && geometry.kernel.depth == 1
        case .winograd: WinogradPlan(geometry, kernels: kernels) != nil
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
            case .winograd:
                max(
                    WinogradPlan(geometry, kernels: kernels)?.scratch ?? 0,
                    MatrixConvolution.scratch(geometry, kernels: kernels, blocking: blocking)
                )
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
        case .winograd:
            WinogradPlan(geometry, kernels: kernels)
                .map { WinogradConvolution($0, weight: weight, kernels: kernels, blocking: blocking) }
                ?? MatrixConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking)
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
