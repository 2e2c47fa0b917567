/// Axes `startAxis` to `endAxis` (negative from the end) become one (`torch.flatten`).
package struct Flatten: Hashable, Sendable {
    package var startAxis = 1
    package var endAxis = -1

    package init() {}
}

/// The same elements, in the same order, under another shape (`torch.reshape`).
package struct Reshape: Hashable, Sendable {
    /// One entry may be −1: as much as the elements need.
    package var extents: [Int]

    package init(extents: [Int]) { self.extents = extents }
}

/// Cells added around the trailing axes (`torch.nn.functional.pad`).
package struct Pad: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        case constant, reflect, replicate, circular
    }

    /// One [begin, end] pair per padded trailing axis, outermost of them first.
    package var amounts: [[Int]]
    package var mode = Mode.constant
    /// For `constant`.
    package var value: Float = 0

    package init(amounts: [[Int]]) { self.amounts = amounts }
}

/// A larger (or smaller) picture by nearest or bilinear interpolation (`torch.nn.functional.interpolate`).
package struct Upsample: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        /// One per spatial axis, or one for all.
        case scale([Double])
        /// One per spatial axis, or one for all.
        case size([Int])
    }
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// index = ⌊i · in/out⌋
        case nearest
        /// index = ⌊(i + ½) · in/out⌋: the cell in which the output cell's centre lies.
        case nearestExact = "nearest-exact"
        /// Of two spatial axes.
        case bilinear
    }

    package var target: Target
    package var mode = Mode.nearest
    /// For `bilinear`: the corner cells' centres are aligned, not the corners of the picture.
    package var alignsCorners = false

    package init(target: Target) { self.target = target }
}

/// Several tensors into one.
package enum Combination: Hashable, Sendable {
    /// Element by element, with PyTorch's broadcasting.
    case add
    /// Element by element, with PyTorch's broadcasting.
    case multiply
    /// Along an axis, negative from the end.
    case concatenate(axis: Int)
}
