import ConvolutionEngine

/// What a name of the graph stands for, while nodes become layers.
enum Value {
    /// Computed from the input by layers.
    case feature(Feature)
    /// Known now.
    case constant(Constant)
    /// A step on the way to `gelu` that no layer computes by itself.
    case gaussian(GaussianStep)
    /// What an unused or an unsupported output holds. A node that reads it is not to blame.
    case nothing
}

/// A layer's result, or the input.
struct Feature: Hashable {
    /// Of the layer; the input has the network's name for it.
    var name: String
    /// With an extent of 1 for a free batch.
    var shape: Shape
    /// Whether the first axis is a batch of any number of samples.
    var hasFreeBatch: Bool

    /// The extents as ONNX's operators on shapes see them.
    var extents: [Extent] {
        shape.enumerated().map { axis, extent in axis == 0 && hasFreeBatch ? .batch : .known(extent) }
    }
}

/// An element of a tensor of integers: a number, or the free batch.
enum Extent: Hashable {
    case known(Int)
    case batch
}

/// x · Φ(x) as it is written without an operator of its own: ½ · x · (1 + erf(x / √2)).
enum GaussianStep: Hashable {
    /// erf(x / √2)
    case errorFunction(of: Feature)
    /// 1 + erf(x / √2)
    case doubledDistribution(of: Feature)
    /// ½ · (1 + erf(x / √2))
    case distribution(of: Feature)
    /// x · (1 + erf(x / √2))
    case doubled(of: Feature)
}

/// A tensor that does not depend on the input.
struct Constant {
    enum Elements {
        case numbers(Tensor)
        /// Row-major.
        case extents([Extent])
    }

    /// For `extents` too.
    var shape: Shape
    var elements: Elements

    init(_ tensor: Tensor) {
        shape = tensor.shape
        elements = .numbers(tensor)
    }

    /// `nil` when the number of elements is not the shape's product.
    init?(_ extents: [Extent], shape: Shape) {
        guard extents.count == shape.elementCount else { return nil }
        self.shape = shape
        elements = .extents(extents)
    }

    /// A list of integers.
    init?(_ extents: [Extent]) {
        guard let shape = Shape(checking: [extents.count]) else { return nil }
        self.init(extents, shape: shape)
    }

    /// The same elements under another shape of as many.
    func reshaped(_ shape: Shape) -> Constant {
        var constant = self
        constant.shape = shape
        if case .numbers(let tensor) = elements { constant.elements = .numbers(tensor.reshaped(shape)) }
        return constant
    }

    /// Elements of this one, each named by its place in row-major order.
    func taking(_ places: [Int], shape: Shape) -> Constant? {
        switch elements {
        case .numbers(let tensor):
            let span = tensor.elements
            var taken: [Float] = []
            taken.reserveCapacity(places.count)
            for place in places { taken.append(span[place]) }
            return Tensor(shape: shape, elements: taken).map { Constant($0) }
        case .extents(let extents):
            return Constant(places.map { extents[$0] }, shape: shape)
        }
    }
}
