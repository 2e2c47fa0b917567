import Synchronization

/// Direct summation for the runs of a Winograd layer whose outputs are not finite; its weights are packed at the first.
final class DirectFallback: Sendable {
    private let made = Mutex<(any ConvolutionExecutor)?>(nil)
    private let make: @Sendable () -> any ConvolutionExecutor

    init(_ geometry: ConvolutionGeometry, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        make = { MatrixConvolution(geometry, weight: weight, kernels: kernels, blocking: blocking) }
    }

    var executor: any ConvolutionExecutor {
        made.withLock { made in
            if let made { return made }
            let executor = make()
            made = executor
            return executor
        }
    }
}
