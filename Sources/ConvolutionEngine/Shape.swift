/// The extents of a tensor, outermost axis first: at most eight, each at least zero, their product held by an `Int`.
///
/// A plain value without heap storage, so that a tiny request can carry a dozen of them for nothing.
package struct Shape: Sendable {
    /// The largest number of axes a tensor may have.
    package static let maximumRank = 8

    /// What lies past `rank` means nothing.
    private let extents: InlineArray<8, Int>

    /// The number of axes.
    package let rank: Int

    /// The product of the extents: 1 for rank 0.
    package let elementCount: Int

    /// Fails when there are more than eight axes, an extent is negative, or the product overflows.
    package init?(checking extents: some Collection<Int>) {
        guard let found = Shape.inline(extents) else { return nil }
        self.init(found, rank: extents.count)
    }

    /// The same for a list, as every shape of a request is: what is compiled for lists takes a tenth of the time.
    package init?(checking extents: [Int]) {
        guard let found = Shape.inline(extents) else { return nil }
        self.init(found, rank: extents.count)
    }

    @inline(__always)
    private static func inline(_ extents: some Collection<Int>) -> InlineArray<8, Int>? {
        guard extents.count <= maximumRank else { return nil }
        var found = InlineArray<8, Int>(repeating: 0)
        var axis = 0
        for extent in extents {
            guard extent >= 0 else { return nil }
            found[axis] = extent
            axis += 1
        }
        return found
    }

    /// The first `rank` extents, none of them negative. Fails when the product of those above zero overflows: a zero hides
    /// nothing, so that the product of any of a shape's extents is known to fit.
    package init?(_ extents: InlineArray<8, Int>, rank: Int) {
        var product = 1
        var isEmpty = false
        for axis in 0..<rank {
            let extent = extents[axis]
            guard extent != 0 else {
                isEmpty = true
                continue
            }
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            product = next
        }
        self.extents = extents
        self.rank = rank
        elementCount = isEmpty ? 0 : product
    }
}

extension Shape: Hashable {
    package static func == (first: Shape, second: Shape) -> Bool {
        guard first.rank == second.rank else { return false }
        for axis in 0..<first.rank where first.extents[axis] != second.extents[axis] { return false }
        return true
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rank)
        for axis in 0..<rank { hasher.combine(extents[axis]) }
    }
}

extension Shape: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { rank }

    package subscript(axis: Int) -> Int {
        precondition(axis >= 0 && axis < rank, "axis \(axis) of a shape of rank \(rank)")
        return extents[axis]
    }
}

extension Shape: CustomStringConvertible {
    /// As PyTorch prints it: `[1, 3, 224, 224]`.
    package var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}
