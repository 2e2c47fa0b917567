/// A pool over planes.
struct PoolingWork: Sendable {
    var geometry: PoolingGeometry
    var reduction: Pooling.Reduction

    func run(_ input: Tensor, outputShape: Shape) -> LayerResult {
        switch reduction {
        case .maximum(let returnsIndices):
            var indices = [Int64](repeating: 0, count: returnsIndices ? outputShape.elementCount : 0)
            let tensor = Tensor.computed(outputShape) { output in
                Reference.maximumPool(geometry, input: input.elements, output: &output, indices: &indices)
            }
            return LayerResult(tensor, indices: returnsIndices ? IndexTensor(shape: outputShape, values: indices) : nil)
        case .average(let countsPadding, let divisorOverride):
            return LayerResult(
                Tensor.computed(outputShape) { output in
                    Reference.averagePool(
                        geometry,
                        countsPadding: countsPadding,
                        divisorOverride: divisorOverride,
                        input: input.elements,
                        output: &output
                    )
                }
            )
        case .norm(let p):
            return LayerResult(
                Tensor.computed(outputShape) { output in
                    Reference.normPool(geometry, p: p, input: input.elements, output: &output)
                }
            )
        }
    }
}

/// A pool to a given size.
struct AdaptivePoolingWork: Sendable {
    var planes: Int
    var input: Spatial
    var output: Spatial
    var reduction: AdaptivePooling.Reduction

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
