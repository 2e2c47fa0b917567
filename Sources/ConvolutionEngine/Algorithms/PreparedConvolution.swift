import CVectorKernels

/// A convolution with its weights in the order its algorithm reads them; may run on several threads at once.
package final class PreparedConvolution: Sendable {
    package let geometry: ConvolutionGeometry
    /// What runs. Differs from what `algorithm(for:request:)` foretold when a weight is infinite or NaN.
    package let algorithm: ConvolutionAlgorithm
    /// Of each thread that takes part, besides input, output and weights.
    package let workspaceBytes: Int
    let executor: any ConvolutionExecutor

    private init(
        _ geometry: ConvolutionGeometry,
        _ algorithm: ConvolutionAlgorithm,
        workspaceBytes: Int,
        executor: any ConvolutionExecutor
    ) {
        self.geometry = geometry
        self.algorithm = algorithm
        self.workspaceBytes = workspaceBytes
        self.executor = executor
    }

    /// Bytes of weights in another order or form, and of what goes with them.
    var preparedBytes: Int { executor.preparedBytes }

    /// What runs but for the weights, where it reads them as they came.
    var bareAlgorithm: (any BareAlgorithm)? { (executor as? BareExecutor)?.algorithm }

    /// - Parameter weight: [C_out, C_in / groups, kD, kH, kW], or another shape with the same elements in this order.
    package static func prepare(
        _ geometry: ConvolutionGeometry,
        weight: Tensor,
        request: AlgorithmRequest,
        use: WeightUse
    ) -> PreparedConvolution {
        prepare(geometry, weight: weight, algorithm: algorithm(for: geometry, request: request, use: use))
    }

    /// `algorithm` must be what is chosen for the geometry.
    static func prepare(
        _ geometry: ConvolutionGeometry,
        weight: Tensor,
        algorithm: ConvolutionAlgorithm
    ) -> PreparedConvolution {
        prepare(geometry, weight: weight, algorithm: algorithm, kernels: .chosen, blocking: .standard)
    }

    /// `algorithm` must apply to the geometry.
    static func prepare(
        _ geometry: ConvolutionGeometry,
        weight: Tensor,
        algorithm: ConvolutionAlgorithm,
        kernels: KernelSet,
        blocking: Blocking
    ) -> PreparedConvolution {
        let expected = geometry.groups * geometry.outputChannels * geometry.depth
        precondition(weight.shape.elementCount == expected, "weights do not fit the geometry")
        let algorithm = safe(algorithm, geometry, weight: weight, kernels: kernels, blocking: blocking)
        return PreparedConvolution(
            geometry,
            algorithm,
            workspaceBytes: workspaceBytes(for: geometry, algorithm: algorithm, kernels: kernels, blocking: blocking),
            executor: executor(algorithm, geometry, weight: weight, kernels: kernels, blocking: blocking)
        )
    }

    /// What computes what the definition says even where a weight is infinite or NaN.
    private static func safe(
        _ wanted: ConvolutionAlgorithm,
        _ geometry: ConvolutionGeometry,
        weight: Tensor,
        kernels: KernelSet,
        blocking: Blocking
    ) -> ConvolutionAlgorithm {
        guard geometry.reachesPadding || wanted == .winograd || wanted == .winogradRows,
            weight.hasNonfinite(kernels)
        else { return wanted }
        // The fast ways multiply padding with weights, and 0 · ∞ is not 0.
        if geometry.reachesPadding { return .plain }
        return algorithm(for: geometry, request: .direct, use: .once, kernels: kernels, blocking: blocking)
    }

    /// - Parameters:
    ///   - input: [N, C_in, D, H, W] of the geometry.
    ///   - bias: [C_out]
    ///   - output: [N, C_out, D, H, W] of the geometry; every element is written.
    package func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        guard geometry.batch * geometry.outputFloats > 0 else { return }
        executor.run(input: input, bias: bias, output: output, team: team)
    }
}

/// One way to compute a convolution, ready to run.
protocol ConvolutionExecutor: Sendable {
    /// Bytes that it holds beside the weights as they came.
    var preparedBytes: Int { get }

    /// Writes every element of the output.
    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    )
}

extension Tensor {
    func hasNonfinite(_ kernels: KernelSet) -> Bool {
        withElements { elements in
            elements.baseAddress.map { kernels.functions.has_nonfinite($0, elements.count) != 0 } ?? false
        }
    }
}
