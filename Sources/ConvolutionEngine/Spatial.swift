/// One number for each of the three spatial axes (depth, height, width).
///
/// Layers of one or two spatial axes use the last ones; the others hold the neutral value (1 for kernels, strides,
/// dilations and extents, 0 for padding), so that the engine has one code path for 1-d, 2-d and 3-d.
package struct Spatial: Hashable, Sendable {
    package var depth: Int
    package var height: Int
    package var width: Int

    package init(depth: Int, height: Int, width: Int) {
        self.depth = depth
        self.height = height
        self.width = width
    }

    /// The same number on each axis.
    package init(repeating value: Int) {
        self.init(depth: value, height: value, width: value)
    }

    /// The last `values.count` (1 to 3) axes get the values, the leading ones `neutral`.
    package init(trailing values: some RandomAccessCollection<Int>, neutral: Int) {
        precondition((1...3).contains(values.count), "one to three spatial axes")
        self.init(repeating: neutral)
        for (offset, value) in values.enumerated() { self[3 - values.count + offset] = value }
    }

    /// Axis 0 is depth, 1 height, 2 width.
    package subscript(axis: Int) -> Int {
        get {
            switch axis {
            case 0: depth
            case 1: height
            default: width
            }
        }
        set {
            switch axis {
            case 0: depth = newValue
            case 1: height = newValue
            default: width = newValue
            }
        }
    }
}
