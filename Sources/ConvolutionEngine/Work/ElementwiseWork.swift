import CVectorKernels

extension Team {
    /// Elements of a task of elementwise work: a few microseconds.
    static let elementsPerTask = 32 << 10

    /// Calls `body` for runs of 0..<count, on any thread.
    ///
    /// - Parameter microseconds: about how long one thread takes for a million elements.
    func forEachRun(of count: Int, microseconds: Int, _ body: (Range<Int>) -> Void) {
        let runs = Runs(count: count, each: Team.elementsPerTask)
        run(tasks: runs.tasks, nanoseconds: count / 1000 * microseconds) { task in body(runs[task]) }
    }

    /// Calls `body` for runs of 0..<rows, each of `length` elements, on any thread.
    func forEachRun(ofRows rows: Int, length: Int, microseconds: Int, _ body: (Range<Int>) -> Void) {
        let runs = Runs(count: rows, each: Team.elementsPerTask / max(1, length))
        run(tasks: runs.tasks, nanoseconds: rows * length / 1000 * microseconds) { task in body(runs[task]) }
    }
}

extension Activation {
    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        input.computed(outputShape) { input, output in
            team.forEachRun(of: outputShape.elementCount, microseconds: microseconds) { run in
                apply(input + run.lowerBound, count: run.count, output: output + run.lowerBound)
            }
        }
    }
}

/// A slope for the negative side.
struct PReLUWork: Sendable {
    var layout: ChannelLayout
    var weight: Tensor

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        let slopes = weight.elements.count
        return input.computed(outputShape) { input, output in
            weight.withElements { weight in
                if slopes == 1 {
                    return team.forEachRun(of: outputShape.elementCount, microseconds: 100) { run in
                        Activation.leakyReLU(negativeSlope: weight[0])
                            .apply(input + run.lowerBound, count: run.count, output: output + run.lowerBound)
                    }
                }
                let planes = layout.outer * layout.channels
                team.forEachRun(ofRows: planes, length: layout.inner, microseconds: 100) { run in
                    for plane in run {
                        let first = plane * layout.inner
                        Activation.leakyReLU(negativeSlope: weight[plane % layout.channels])
                            .apply(input + first, count: layout.inner, output: output + first)
                    }
                }
            }
        }
    }
}

/// Exponentials along the layout's channel axis.
struct SoftmaxWork: Sendable {
    var layout: ChannelLayout
    var isLogarithmic: Bool

    func run(_ input: Tensor, outputShape: Shape, team: Team, kernels: KernelSet = .chosen) -> Tensor {
        let functions = kernels.functions, (length, step) = (layout.channels, layout.inner)
        let isLogarithmic: Int32 = isLogarithmic ? 1 : 0
        return input.computed(outputShape) { input, output in
            if step == 1 {
                return team.forEachRun(ofRows: layout.outer, length: length, microseconds: 400) { rows in
                    let first = rows.lowerBound * length
                    functions.softmax_rows(input + first, length, rows.count, isLogarithmic, output + first)
                }
            }
            // Columns side by side, in runs that are whole vectors.
            let columns = Runs(count: step, each: max(256, Team.elementsPerTask / max(1, length)) / 64 * 64)
            let nanoseconds = layout.outer * length * step / 1000 * 600
            team.run(tasks: layout.outer * columns.tasks, nanoseconds: nanoseconds) { task in
                let run = columns[task % columns.tasks]
                let first = task / columns.tasks * length * step + run.lowerBound
                functions.softmax_columns(input + first, length, step, run.count, isLogarithmic, output + first)
            }
        }
    }
}

/// A matrix over the last axis.
struct LinearWork: Sendable {
    var rows: Int
    var inFeatures: Int
    var outFeatures: Int
    var weight: Tensor
    var bias: Tensor?

    func run(_ input: Tensor, outputShape: Shape, team: Team, kernels: KernelSet = .chosen) -> Tensor {
        input.computed(outputShape) { input, output in
            weight.withElements { weight in
                guard let weights = weight.baseAddress else { return }
                // A task's weights stay in the second-level cache while it goes through the rows.
                let perTask = max(4, (64 << 10) / max(1, inFeatures) / 4 * 4)
                let outputs = Runs(count: outFeatures, each: perTask)
                let rowRuns = Runs(count: rows, each: 256)
                let nanoseconds = rows * outFeatures * inFeatures / (2 * kernels.lanes)
                let withBias = { (bias: UnsafePointer<Float>?) in
                    team.run(tasks: outputs.tasks * rowRuns.tasks, nanoseconds: nanoseconds) { task in
                        let features = outputs[task % outputs.tasks], run = rowRuns[task / outputs.tasks]
                        var dots = cv_dots(
                            input: input,
                            weights: weights,
                            bias: bias,
                            output: output,
                            depth: inFeatures,
                            outputs: outFeatures,
                            row_begin: run.lowerBound,
                            row_end: run.upperBound,
                            output_begin: features.lowerBound,
                            output_end: features.upperBound
                        )
                        kernels.functions.dots(&dots)
                    }
                }
                if let bias {
                    bias.withElements { withBias($0.baseAddress) }
                } else {
                    withBias(nil)
                }
            }
        }
    }
}
