/// A depthwise convolution with those next to it, in one step.
struct SeparableWork: Sendable {
    private let plan: SeparablePlan
    private let expansion: ConvolutionWork?
    private let depthwise: ConvolutionWork
    private let projection: ConvolutionWork?
    /// `nil` before the plan is prepared.
    private var convolution: SeparableConvolution?

    /// - Parameters:
    ///   - expansion: pointwise or with windows, what the depthwise one reads; `nil` when it has none.
    ///   - projection: pointwise, what reads the depthwise one; `nil` when there is none.
    /// - Returns: `nil` where computing them one after the other is faster.
    init?(
        expansion: ConvolutionWork?,
        depthwise: ConvolutionWork,
        projection: ConvolutionWork?,
        threads: Int
    ) {
        let plan = SeparablePlan(
            expansion: expansion?.geometry,
            depthwise: depthwise.geometry,
            projection: projection?.geometry,
            threads: threads,
            kernels: .chosen
        )
        guard let plan else { return nil }
        self.plan = plan
        self.expansion = plan.expansion == nil ? nil : expansion
        self.depthwise = depthwise
        self.projection = plan.projection == nil ? nil : projection
    }

    /// Whether what was offered takes part.
    var expands: Bool { expansion != nil }
    var projects: Bool { projection != nil }

    mutating func prepare(_ cache: WeightCache) {
        for work in [expansion, depthwise, projection] { work?.prepare(cache) }
        guard case .tensor(let weight) = depthwise.weight else { return }
        convolution = SeparableConvolution(
            plan,
            expansion: expansion.flatMap(expanding),
            weight: weight,
            depthwise: SeparableConvolution.Part(bias: depthwise.bias, activation: depthwise.epilogue.activation),
            projection: projection.flatMap { work in work.matrix.map { ($0, part(work)) } },
            kernels: .chosen
        )
    }

    /// Bytes beside input and output while it runs on `threads` threads.
    func workspaceBytes(threads: Int) -> Int? {
        product(product(plan.floats, MemoryLayout<Float>.stride), threads)
    }

    /// - Parameters:
    ///   - residual: what a fused addition adds; `nil` unless there is one.
    ///   - place: where the result goes; `nil` where it gets memory of its own.
    func run(_ input: Tensor, residual: Tensor?, outputShape: Shape, into place: TensorPlace?, team: Team) -> Tensor {
        guard let convolution else { preconditionFailure("run before the plan was prepared") }
        return input.computed(outputShape, into: place) { input, output in
            guard let residual else { return convolution.run(input, residual: nil, output: output, team: team) }
            residual.withElements { convolution.run(input, residual: $0.baseAddress, output: output, team: team) }
        }
    }

    private func expanding(
        _ work: ConvolutionWork
    ) -> (convolution: SeparableConvolution.Expansion, part: SeparableConvolution.Part)? {
        let window = work.window.map {
            SeparableConvolution.Expansion.window(WindowConvolution($0, rows: plan.mostInputRows))
        }
        return (window ?? work.matrix.map { .pointwise($0) }).map { ($0, part(work)) }
    }

    private func part(_ work: ConvolutionWork) -> SeparableConvolution.Part {
        SeparableConvolution.Part(bias: work.bias, activation: work.epilogue.activation)
    }
}
