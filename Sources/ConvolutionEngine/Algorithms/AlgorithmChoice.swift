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

    /// Bytes of transformed weights, beside the packed ones that every algorithm has.
    package static func transformedBytes(for geometry: ConvolutionGeometry, algorithm: ConvolutionAlgorithm) -> Int {
        let floats =
            switch algorithm {
            case .winograd: WinogradPlan(geometry, kernels: .chosen)?.weightFloats
            case .winogradRows:
                DepthwiseConvolution.filter(geometry, kernels: .chosen) == nil
                    ? WinogradRowsPlan(geometry, kernels: .chosen)?.weightFloats : 0
            default: 0
            }
        return (floats ?? 0) * MemoryLayout<Float>.stride
    }

    static func algorithm(
        for geometry: ConvolutionGeometry,
        request: AlgorithmRequest,
        use: WeightUse,
        kernels: KernelSet,
        blocking: Blocking
    ) -> ConvolutionAlgorithm {
        let direct = directAlgorithm(for: geometry, kernels: kernels, blocking: blocking)
        if request != .direct, DepthwiseConvolution.filter(geometry, kernels: kernels) != nil { return .winogradRows }
        switch request {
        case .direct:
            return direct.algorithm
        case .winograd:
            return winograd(for: geometry, use: use, kernels: kernels)?.algorithm ?? direct.algorithm
        case .auto:
            // Estimating takes some microseconds, which a small layer that runs once would not make up for.
            guard use == .often || direct.cycles > 40_000,
                direct.algorithm == .direct || direct.algorithm == .window,
                let winograd = winograd(for: geometry, use: use, kernels: kernels)
            else { return direct.algorithm }
            return winograd.cycles < direct.cycles ? winograd.algorithm : direct.algorithm
        }
    }

    /// The faster of Winograd's ways, and about how many processor cycles it takes on one thread.
    private static func winograd(
        for geometry: ConvolutionGeometry,
        use: WeightUse,
        kernels: KernelSet
    ) -> (algorithm: ConvolutionAlgorithm, cycles: Double)? {
        let tiles = WinogradPlan(geometry, kernels: kernels)?.cycles(use)
        let rows = WinogradRowsPlan(geometry, kernels: kernels)?.cycles(use)
        guard let rows, rows < tiles ?? .infinity else { return tiles.map { (.winograd, $0) } }
        return (.winogradRows, rows)
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
        let few = FewPixelsPlan(geometry, kernels: kernels)?.cycles ?? .infinity
        let direct = min(few, MatrixConvolution.cycles(geometry, kernels: kernels))
        // Windows of one tap share no pixel, and several threads share gathering more evenly than bands. Only a map that a tile
        // and one pixel more make up is better off as a band, where that pixel goes along.
        guard geometry.kernel.volume > 1 || geometry.output.volume <= kernels.tileColumns + 1 else {
            return (.direct, direct)
        }
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
        case .winogradRows: WinogradRowsPlan(geometry, kernels: kernels) != nil
        }
    }

    static func workspaceBytes(
        for geometry: ConvolutionGeometry,
        algorithm: ConvolutionAlgorithm,
        kernels: KernelSet,
        blocking: Blocking
    ) -> Int {
        let direct = MatrixConvolution.scratch(geometry, kernels: kernels, blocking: blocking)
        let floats =
            switch algorithm {
            case .plain, .depthwise: 0
            case .direct: max(direct, FewPixelsPlan(suiting: geometry, kernels: kernels)?.scratch ?? 0)
            case .pointwise: direct
            case .window: WindowPlan(geometry, kernels: kernels, blocking: blocking).scratch
            // Direct summation may have to stand in.
            case .winograd: max(direct, WinogradPlan(geometry, kernels: kernels)?.scratch ?? 0)
            case .winogradRows:
                DepthwiseConvolution.filter(geometry, kernels: kernels) == nil
                    ? max(direct, WinogradRowsPlan(geometry, kernels: kernels)?.scratch ?? 0) : 0
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
        if algorithm == .winogradRows, let filter = DepthwiseConvolution.filter(geometry, kernels: kernels) {
            let algorithm = DepthwiseConvolution(geometry, kernels: kernels, filter: filter)
            return BareExecutor(algorithm: algorithm, weight: weight)
        }
        return switch algorithm {
        case .winogradRows:
            WinogradRowsPlan(geometry, kernels: kernels)
                .map { WinogradRowsConvolution($0, weight: weight, kernels: kernels, blocking: blocking) }
                ?? MatrixConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking)
        case .winograd:
            WinogradPlan(geometry, kernels: kernels)
                .map { WinogradConvolution($0, weight: weight, kernels: kernels, blocking: blocking) }
                ?? MatrixConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking)
        case .plain: BareExecutor(algorithm: PlainConvolution(geometry, kernels: kernels), weight: weight)
        case .depthwise: BareExecutor(algorithm: DepthwiseConvolution(geometry, kernels: kernels), weight: weight)
        case .window: WindowConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking)
        case .direct:
            FewPixelsPlan(suiting: geometry, kernels: kernels)
                .map { FewPixelsConvolution($0, weight: weight, kernels: kernels, blocking: blocking) }
                ?? MatrixConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking)
        case .pointwise: MatrixConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking)
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
