/// A pool over planes.
struct PoolingWork: Sendable {
    var geometry: PoolingGeometry
    var reduction: Pooling.Reduction

    /// Bytes beside input and output: the indices, the divisors of an average's rows and columns, or a norm's powers in
    /// each thread.
    func workspaceBytes(threads: Int) -> Int? {
        let output = geometry.output
        switch reduction {
        case .maximum(returnsIndices: true):
            return product(product(geometry.planes, output.cells), 8)
        case .average:
            return divisorBytes
        case .norm(let p):
            let powers = product(NormPooling(geometry: geometry, p: p).scratch, product(threads, 4))
            return sum(divisorBytes, powers)
        default:
            return 0
        }
    }

    /// Of the lengths in all, and of the divisors with their reciprocals.
    private var divisorBytes: Int? {
        let output = geometry.output
        let lines = sum(sum(output.depth, output.height), output.width)
        let divisors = sum(product(output.depth, output.height), output.width)
        return sum(product(lines, 8), product(divisors, 20))
    }

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> LayerResult {
        switch reduction {
        case .maximum(returnsIndices: true):
            return indexedMaximum(input, outputShape: outputShape, team: team)
        case .maximum(returnsIndices: false):
            return LayerResult(
                input.computed(outputShape) { input, output in
                    PoolingAlgorithms.maximum(geometry, input: input, output: output, team: team)
                }
            )
        case .average(let countsPadding, let divisorOverride):
            return LayerResult(average(input, countsPadding, divisorOverride, outputShape: outputShape, team: team))
        case .norm(let p):
            return LayerResult(
                input.computed(outputShape) { input, output in
                    NormPooling(geometry: geometry, p: p).run(input: input, output: output, team: team)
                }
            )
        }
    }

    private func indexedMaximum(_ input: Tensor, outputShape: Shape, team: Team) -> LayerResult {
        // With dilation a window may miss the input, which only the plain loops give an index of its own.
        guard PoolingAlgorithms.canIndex(geometry) else {
            var indices = [Int64](repeating: 0, count: outputShape.elementCount)
            let tensor = Tensor.computed(outputShape) { output in
                Reference.maximumPool(
                    geometry,
                    input: input.elements,
                    output: &output,
                    indices: &indices,
                    unless: { team.isStopped }
                )
            }
            return LayerResult(tensor, indices: IndexTensor(shape: outputShape, values: indices))
        }
        return input.indexed(outputShape) { input, output, indices in
            PoolingAlgorithms.maximum(geometry, input: input, output: output, indices: indices, team: team)
        }
    }

    private func average(
        _ input: Tensor,
        _ countsPadding: Bool,
        _ divisorOverride: Int?,
        outputShape: Shape,
        team: Team
    ) -> Tensor {
        // The algorithm's divisors are lengths of ranges, and with dilation a window's taps are no range.
        if geometry.dilation != Spatial(repeating: 1), divisorOverride == nil {
            return Tensor.computed(outputShape) { output in
                Reference.averagePool(
                    geometry,
                    countsPadding: countsPadding,
                    divisorOverride: divisorOverride,
                    input: input.elements,
                    output: &output,
                    unless: { team.isStopped }
                )
            }
        }
        let divisors = AverageDivisors(geometry, countsPadding: countsPadding, override: divisorOverride)
        return input.computed(outputShape) { input, output in
            PoolingAlgorithms.average(geometry, divisors: divisors, input: input, output: output, team: team)
        }
    }
}

extension Tensor {
    /// What `body` writes from this tensor's elements, every one of the new elements and of their indices.
    fileprivate func indexed(
        _ shape: Shape,
        _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Int64>) -> Void
    ) -> LayerResult {
        var indices: [Int64] = []
        let tensor = computed(shape) { input, output in
            indices = [Int64](unsafeUninitializedCapacity: shape.elementCount) { indices, count in
                guard let first = indices.baseAddress else { return }
                body(input, output, first)
                count = shape.elementCount
            }
        }
        return LayerResult(tensor, indices: IndexTensor(shape: shape, values: indices))
    }
}

/// A pool to a given size.
struct AdaptivePoolingWork: Sendable {
    var planes: Int
    var input: Spatial
    var output: Spatial
    var reduction: AdaptivePooling.Reduction

    /// Bytes of the indices, or of the divisors of an average.
    var workspaceBytes: Int? {
        switch reduction {
        case .maximum(returnsIndices: true): product(product(planes, output.cells), 8)
        case .maximum(returnsIndices: false): 0
        case .average: product(sum(sum(output.cells, output.depth), sum(output.height, output.width)), 28)
        }
    }

    func run(_ tensor: Tensor, outputShape: Shape, team: Team) -> LayerResult {
        let algorithms = AdaptivePoolingAlgorithms(planes: planes, input: input, output: output)
        switch reduction {
        case .maximum(returnsIndices: true):
            guard !algorithms.canIndex else {
                return tensor.indexed(outputShape) { input, output, indices in
                    algorithms.maximum(input: input, output: output, indices: indices, team: team)
                }
            }
            var indices = [Int64](repeating: 0, count: outputShape.elementCount)
            let result = Tensor.computed(outputShape) { elements in
                Reference.adaptiveMaximumPool(
                    planes: planes,
                    from: input,
                    to: output,
                    input: tensor.elements,
                    output: &elements,
                    indices: &indices,
                    unless: { team.isStopped }
                )
            }
            return LayerResult(result, indices: IndexTensor(shape: outputShape, values: indices))
        case .maximum(returnsIndices: false):
            return LayerResult(
                tensor.computed(outputShape) { input, output in
                    algorithms.maximum(input: input, output: output, team: team)
                }
            )
        case .average:
            return LayerResult(
                tensor.computed(outputShape) { input, output in
                    algorithms.average(input: input, output: output, team: team)
                }
            )
        }
    }
}

/// Max pooling's way back.
struct UnpoolingWork: Sendable {
    var planes: Int
    var planeSize: Int
    /// Each within the plane.
    var indices: IndexTensor

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.maximumUnpool(
                planes: planes,
                planeSize: planeSize,
                indices: indices.values,
                input: input.elements,
                output: &output,
                unless: { team.isStopped }
            )
        }
    }
}

/// Sliding blocks of [batch, channels, H, W] as columns, and back.
struct BlockWork: Sendable {
    var batch: Int
    var channels: Int
    var windows: Windows

    func unfold(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.unfold(
                batch: batch,
                channels: channels,
                windows: windows,
                input: input.elements,
                output: &output,
                unless: { team.isStopped }
            )
        }
    }

    func fold(_ input: Tensor, outputShape: Shape, team: Team) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.fold(
                batch: batch,
                channels: channels,
                windows: windows,
                input: input.elements,
                output: &output,
                unless: { team.isStopped }
            )
        }
    }
}
