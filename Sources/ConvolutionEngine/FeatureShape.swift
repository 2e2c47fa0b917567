/// A tensor's shape read as a batch of samples, each of channels, each of one to three spatial axes.
///
/// `conv2d` and its like take [H, W], [C, H, W] or [N, C, H, W]; what is missing counts as 1.
struct FeatureShape {
    let batch: Int
    let channels: Int
    let spatial: Spatial
    let spatialRank: Int
    /// Of the tensor: `spatialRank` to `spatialRank + 2`.
    let rank: Int

    /// Throws when the rank does not fit, or an extent other than the batch is zero.
    init(_ shape: Shape, spatialRank: Int) throws(EngineError) {
        guard shape.rank >= spatialRank, shape.rank <= spatialRank + 2 else {
            throw EngineError(.rank(found: shape, expected: Array(spatialRank...(spatialRank + 2))), parameter: "input")
        }
        let leading = shape.rank - spatialRank
        for axis in (leading == 2 ? 1 : 0)..<shape.rank where shape[axis] == 0 {
            throw EngineError(.zeroExtent(found: shape, axis: axis), parameter: "input")
        }
        batch = leading == 2 ? shape[0] : 1
        channels = leading >= 1 ? shape[leading - 1] : 1
        var extents = Spatial(repeating: 1)
        for axis in 0..<spatialRank { extents[3 - spatialRank + axis] = shape[leading + axis] }
        spatial = extents
        self.spatialRank = spatialRank
        rank = shape.rank
    }

    /// The shape of a result with these channels and extents, in the input's rank; [H, W] becomes [C, H, W] when the result
    /// has several channels.
    func shape(channels: Int, spatial: Spatial) throws(EngineError) -> Shape {
        var extents = Extents()
        if rank == spatialRank + 2 { extents.append(batch) }
        if rank > spatialRank || channels != 1 { extents.append(channels) }
        for axis in (3 - spatialRank)..<3 { extents.append(spatial[axis]) }
        return try extents.shape()
    }
}

/// Extents on their way to a shape, without heap storage.
struct Extents {
    private var storage = InlineArray<8, Int>(repeating: 1)
    private(set) var count = 0

    init() {}

    init(_ shape: Shape) {
        for extent in shape { append(extent) }
    }

    mutating func append(_ extent: Int) {
        precondition(count < Shape.maximumRank, "more axes than a shape has")
        storage[count] = extent
        count += 1
    }

    subscript(axis: Int) -> Int {
        get { storage[axis] }
        set { storage[axis] = newValue }
    }

    /// Throws when the product overflows.
    func shape() throws(EngineError) -> Shape {
        guard let shape = Shape(storage, rank: count) else { throw EngineError(.shapeOverflow) }
        return shape
    }
}
