/// A pool over planes.
struct PoolingWork: Sendable {
    var geometry: PoolingGeometry
    var reduction: Pooling.Reduction

    /// Bytes beside input and output: the indices, and the divisors of an average's rows and columns.
    var workspaceBytes: Int? {
        let output = geometry.output
        switch reduction {
        case .maximum(returnsIndices: true):
            return product(product(geometry.planes, output.cells), 8)
        case .average:
            let lines = sum(sum(output.depth, output.height), output.width)
            return sum(product(lines, 12), product(product(output.depth, output.height), 4))
        default:
            return 0
        }
    }

    func run(_ input: Tensor, outputShape: Shape, team: Team) -> LayerResult {
        switch reduction {
        case .maximum(let returnsIndices):
            maximum(input, outputShape: outputShape, returnsIndices: returnsIndices, team: team)
        case .average(let countsPadding, let divisorOverride):
            LayerResult(
                Tensor(shape: outputShape) { output in
                    average(input, countsPadding, divisorOverride, output: output, team: team)
                }
            )
        case .norm(let p):
            LayerResult(
                Tensor.computed(outputShape) { output in
                    Reference.normPool(geometry, p: p, input: input.elements, output: &output)
                }
            )
        }
    }

    private func maximum(_ input: Tensor, outputShape: Shape, returnsIndices: Bool, team: Team) -> LayerResult {
        var indices = [Int64](repeating: 0, count: returnsIndices ? outputShape.elementCount : 0)
        let tensor = Tensor(shape: outputShape) { output in
            // With dilation a window may miss the input, which only the plain loops give an index of its own.
            if returnsIndices, isDilated {
                var output = output.mutableSpan
                return Reference.maximumPool(geometry, input: input.elements, output: &output, indices: &indices)
            }
            input.withElements { input in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                indices.withUnsafeMutableBufferPointer { indices in
                    PoolingAlgorithms.maximum(
                        geometry,
                        input: input,
                        output: output,
                        indices: returnsIndices ? indices.baseAddress : nil,
                        team: team
                    )
                }
            }
        }
        return LayerResult(tensor, indices: returnsIndices ? IndexTensor(shape: outputShape, values: indices) : nil)
    }

    private func average(
        _ input: Tensor,
        _ countsPadding: Bool,
        _ divisorOverride: Int?,
        output: UnsafeMutableBufferPointer<Float>,
        team: Team
    ) {
        // The algorithm's divisors are lengths of ranges, and with dilation a window's taps are no range.
        if isDilated {
            var output = output.mutableSpan
            return Reference.averagePool(
                geometry,
                countsPadding: countsPadding,
                divisorOverride: divisorOverride,
                input: input.elements,
                output: &output
            )
        }
        input.withElements { input in
            guard let input = input.baseAddress, let output = output.baseAddress else { return }
            PoolingAlgorithms.average(
                geometry,
                countsPadding: countsPadding,
                divisorOverride: divisorOverride,
                input: input,
                output: output,
                team: team
            )
        }
    }

    private var isDilated: Bool { geometry.dilation != Spatial(repeating: 1) }
}

/// A pool to a given size.
struct AdaptivePoolingWork: Sendable {
    var planes: Int
    var input: Spatial
    var output: Spatial
    var reduction: AdaptivePooling.Reduction

    /// Bytes of the indices.
    var workspaceBytes: Int? {
        guard case .maximum(returnsIndices: true) = reduction else { return 0 }
        return product(product(planes, output.cells), 8)
    }

    func run(_ tensor: Tensor, outputShape: Shape) -> LayerResult {
        switch reduction {
        case .maximum(let returnsIndices):
            var indices = [Int64](repeating: 0, count: returnsIndices ? outputShape.elementCount : 0)
            let result = Tensor.computed(outputShape) { elements in
                Reference.adaptiveMaximumPool(
                    planes: planes,
                    from: input,
                    to: output,
                    input: tensor.elements,
                    output: &elements,
                    indices: &indices
                )
            }
            return LayerResult(result, indices: returnsIndices ? IndexTensor(shape: outputShape, values: indices) : nil)
        case .average:
            return LayerResult(
                Tensor.computed(outputShape) { elements in
                    Reference.adaptiveAveragePool(
                        planes: planes,
                        from: input,
                        to: output,
                        input: tensor.elements,
                        output: &elements
                    )
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

    func run(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.maximumUnpool(
                planes: planes,
                planeSize: planeSize,
                indices: indices.values,
                input: input.elements,
                output: &output
            )
        }
    }
}

/// Sliding blocks of [batch, channels, H, W] as columns, and back.
struct BlockWork: Sendable {
    var batch: Int
    var channels: Int
    var windows: Windows

    func unfold(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.unfold(
                batch: batch,
                channels: channels,
                windows: windows,
                input: input.elements,
                output: &output
            )
        }
    }

    func fold(_ input: Tensor, outputShape: Shape) -> Tensor {
        Tensor.computed(outputShape) { output in
            Reference.fold(batch: batch, channels: channels, windows: windows, input: input.elements, output: &output)
        }
    }
}
