/// Block sizes: how much of a matrix product is in flight at once. Results depend on `depth` alone.
struct Blocking: Hashable, Sendable {
    /// Products summed in registers before they are added to the output. A panel of `depth` rows of one tile's columns
    /// should stay in the first-level cache, or at least stream from the second.
    var depth: Int
    /// Floats of output that one task keeps in the second-level cache while it goes through the depth.
    var outputFloats: Int
    /// Floats of padded input rows in one band.
    var bandFloats: Int

    static let standard = Blocking(depth: 192, outputFloats: 96 << 10, bandFloats: 96 << 10)

    /// Nearly equal chunks of at most `depth`.
    func chunks(of total: Int) -> [Range<Int>] {
        let count = max(1, (total + depth - 1) / depth)
        return (0..<count).map { total * $0 / count..<total * ($0 + 1) / count }
    }
}
