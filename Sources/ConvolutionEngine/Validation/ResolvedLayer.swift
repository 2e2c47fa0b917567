/// What validation makes of one layer and the shapes it reads: everything that is known before any number is touched.
struct ResolvedLayer {
    var outputShape: Shape
    /// `nil` when the layer was given for its shape alone.
    var work: Work?
    /// The parameter to ask for when there is no work.
    var missing = "weight"
    /// Weights and biases.
    var parameters = 0
    var multiplyAccumulates = 0
    /// Elementary steps, for the limit on time: multiply-accumulates, or a pool's comparisons and additions.
    /// `nil` when 64 bits do not hold it.
    var cost: Int?
    /// Bytes that the plan keeps for packed or repeated weights.
    var packedBytes: Int? = 0
    var reach = Reach.pointwise
    var parametersLocallyConnected: Int?
    var parametersDense: Int?

    init(outputShape: Shape, work: Work?) {
        self.outputShape = outputShape
        self.work = work
        cost = outputShape.elementCount
    }
}

/// How a result's spatial axes come from the input's.
enum Reach {
    /// Element by element: the axes stay as they are.
    case pointwise
    /// A convolution or a pool; `roundsUp` is a pool's ceil_mode.
    case sliding(Windows, spatialRank: Int, roundsUp: Bool)
    case transposed(Windows, spatialRank: Int)
    /// Windows chosen for a given output.
    case adaptive(input: Spatial, output: Spatial, spatialRank: Int)
    /// Each cell takes from about `input / output` cells.
    case resampled(input: Spatial, output: Spatial, spatialRank: Int)
    /// The spatial axes are given up.
    case whole
}

/// Throws when a tensor's shape is not the expected one.
func checkShape(_ tensor: Tensor?, is expected: Int, _ name: String) throws(EngineError) {
    guard let tensor, tensor.shape.rank != 1 || tensor.shape[0] != expected else { return }
    guard let shape = Shape(checking: CollectionOfOne(expected)) else {
        throw EngineError(.shapeOverflow, parameter: name)
    }
    throw EngineError(.shape(found: tensor.shape, expected: shape), parameter: name)
}

/// The multiply-accumulates of a layer; throws when 64 bits do not hold them.
func checkedCost(_ cost: Int?) throws(EngineError) -> Int {
    guard let cost else { throw EngineError(.limit(.multiplyAccumulates, found: nil, limit: Int.max)) }
    return cost
}
