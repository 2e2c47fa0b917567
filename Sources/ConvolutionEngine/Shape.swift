/// The extents of a tensor, outermost axis first: at most eight, each at least zero, their product held by an `Int`.
///
/// A plain value without heap storage, so that a tiny request can carry a dozen of them for nothing.
package struct Shape: Hashable, Sendable {
    /// The largest number of axes a tensor may have.
    package static let maximumRank = 8

    private var storage = SIMD8<Int>(repeating: 0)

    /// The number of axes.
    package let rank: Int

    /// The product of the extents: 1 for rank 0.
    package let elementCount: Int

    /// Fails when there are more than eight axes, an extent is negative, or the product overflows.
    package init?(checking extents: some Collection<Int>) {
        guard let lanes = Shape.lanes(extents) else { return nil }
        self.init(lanes, rank: extents.count)
    }

    /// The same for a list, as every shape of a request is: what is compiled for lists takes a tenth of the time.
    package init?(checking extents: [Int]) {
        guard let lanes = Shape.lanes(extents) else { return nil }
        self.init(lanes, rank: extents.count)
    }

    @inline(__always)
    private static func lanes(_ extents: some Collection<Int>) -> SIMD8<Int>? {
        guard extents.count <= maximumRank else { return nil }
        var lanes = SIMD8<Int>(repeating: 0)
        for (axis, extent) in extents.enumerated() {
            guard extent >= 0 else { return nil }
            lanes[axis] = extent
        }
        return lanes
    }

    /// The first `rank` lanes as extents, none of them negative. Fails when the product of those above zero overflows: a
    /// zero hides nothing, so that the product of any of a shape's extents is known to fit.
    init?(_ lanes: SIMD8<Int>, rank: Int) {
        var product = 1
        var isEmpty = false
        for axis in 0..<rank {
            let extent = lanes[axis]
            storage[axis] = extent
            guard extent != 0 else {
                isEmpty = true
                continue
            }
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            product = next
        }
        self.rank = rank
        elementCount = isEmpty ? 0 : product
    }
}

extension Shape: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { rank }

    package subscript(axis: Int) -> Int {
        precondition(axis >= 0 && axis < rank, "axis \(axis) of a shape of rank \(rank)")
        return storage[axis]
    }
}

extension Shape: CustomStringConvertible {
    /// As PyTorch prints it: `[1, 3, 224, 224]`.
    package var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}
