/// A convolution with its kernels; other padding than zeros is first written around a copy of the input.
struct ConvolutionWork: Sendable {
    enum Weight: Sendable {
        /// [C_out, C_in / groups, k…]
        case tensor(Tensor)
        /// Repeated for every channel when the plan is made.
        case named(WellKnownKernel)
    }

    var geometry: ConvolutionGeometry
    var weight: Weight
    /// [C_out]
    var bias: Tensor?
    var border: SpatialPadding?
    var request: AlgorithmRequest

    mutating func prepare() {
        if case .named(let kernel) = weight { weight = .tensor(kernel.repeated(geometry.groups)) }
    }

    var algorithm: String { "reference" }

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        guard case .tensor(let weight) = weight else { preconditionFailure("run before the plan was prepared") }
        let source = border?.around(input, planes: geometry.batch * geometry.groups * geometry.inputChannels) ?? input
        return Tensor.computed(outputShape) { output in
            Reference.convolution(
                geometry,
                weight: weight.elements,
                bias: bias?.elements,
                input: source.elements,
                output: &output
            )
        }
    }
}

extension WellKnownKernel {
    /// [channels, 1, kH, kW], the same numbers for every channel.
    fileprivate func repeated(_ channels: Int) -> Tensor {
        let rows = rows
        let numbers = rows.flatMap { $0 }
        guard let shape = Shape(checking: [channels, 1, rows.count, numbers.count / rows.count]) else {
            preconditionFailure("the plan's limits bound the channels")
        }
        return Tensor.computed(shape) { output in
            for index in output.indices { output[index] = numbers[index % numbers.count] }
        }
    }
}
