import ArgumentParser
import ConvolutionEngine
import TensorCoding

/// A network given as the body of `POST /v1/shapes`, with the weights that the request leaves out.
struct WeightedNetwork {
    let network: Network
    let inputShape: Shape

    init(_ request: ShapesRequest) throws {
        inputShape = request.inputShape
        var network = request.network
        let shapes = try Engine().shapes(network, input: inputShape).map(\.shape)
        var named = [network.inputName: inputShape]
        for (index, layer) in network.layers.enumerated() {
            let read = layer.inputs.first.flatMap { named[$0] } ?? (index == 0 ? inputShape : shapes[index - 1])
            var weights = Weights(index: index)
            network.layers[index].operation = try weights.filling(layer.operation, reading: read)
            if let name = layer.name { named[name] = shapes[index] }
        }
        self.network = network
    }

    var input: Tensor { Noise.tensor(inputShape, seed: 0) }
}

/// The weights of one layer, made in a fixed order; scaled so that a result is about as large as its input.
private struct Weights {
    let index: Int
    private var made = 0

    init(index: Int) { self.index = index }

    private mutating func tensor(_ extents: [Int], scale: Double, centre: Float = 0) throws -> Tensor {
        guard let shape = Shape(checking: extents) else { throw ValidationError("layer \(index): too many weights") }
        made += 1
        return Noise.tensor(shape, seed: 8 * index + made, scale: Float(scale), centre: centre)
    }

    mutating func filling(_ operation: Operation, reading shape: Shape) throws -> Operation {
        let channels = shape.rank > 1 ? shape[1] : 1
        switch operation {
        case .convolution(var layer):
            guard case .unspecified(let outputs, let kernel) = layer.weight else { return operation }
            let cells = extents(kernel, rank: layer.spatialRank), inputs = channels / max(1, layer.groups)
            let scale = (3 / Double(inputs * cells.reduce(1, *))).squareRoot()
            layer.weight = .tensor(try tensor([outputs, inputs] + cells, scale: scale))
            if layer.countsBias { layer.bias = try tensor([outputs], scale: 0.1) }
            return .convolution(layer)
        case .transposedConvolution(var layer):
            guard case .unspecified(let outputs, let kernel) = layer.weight else { return operation }
            let cells = extents(kernel, rank: layer.spatialRank), groups = max(1, layer.groups)
            let scale = (3 / Double(channels / groups * cells.reduce(1, *))).squareRoot()
            layer.weight = .tensor(try tensor([channels, outputs / groups] + cells, scale: scale))
            if layer.countsBias { layer.bias = try tensor([outputs], scale: 0.1) }
            return .transposedConvolution(layer)
        case .linear(var layer):
            guard case .unspecified(let outputs) = layer.weight, let inputs = shape.last else { return operation }
            layer.weight = .tensor(try tensor([outputs, inputs], scale: (3 / Double(inputs)).squareRoot()))
            if layer.countsBias { layer.bias = try tensor([outputs], scale: 0.1) }
            return .linear(layer)
        case .batchNormalization(var layer):
            layer.runningMean = try tensor([channels], scale: 0.1)
            layer.runningVariance = try tensor([channels], scale: 0.5, centre: 1)
            if layer.countsAffine {
                layer.weight = try tensor([channels], scale: 0.1, centre: 1)
                layer.bias = try tensor([channels], scale: 0.1)
            }
            return .batchNormalization(layer)
        case .prelu(var layer):
            layer.weight = try tensor([1], scale: 0.1, centre: 0.25)
            return .prelu(layer)
        default: return operation
        }
    }

    private func extents(_ kernel: Spatial, rank: Int) -> [Int] { (3 - rank..<3).map { kernel[$0] } }
}
