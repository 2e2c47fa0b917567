/// What stands in an ONNX file, as far as it is needed: the messages of `onnx.proto`, before they mean anything.
struct ModelRecord {
    /// The version of each operator set by its domain; "" is ONNX's own.
    var opsets: [String: Int64] = [:]
    var graph: GraphRecord?
}

struct GraphRecord {
    var nodes: [NodeRecord] = []
    var initializers: [TensorRecord] = []
    var inputs: [ValueRecord] = []
    var outputs: [ValueRecord] = []
    /// The names of initializers in a form that is not read.
    var sparseInitializers = 0
}

struct NodeRecord {
    var name = ""
    var operation = ""
    var domain = ""
    /// Names of values; empty where an optional one is left out.
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [String: AttributeRecord] = [:]
}

enum AttributeRecord {
    case integer(Int64)
    case float(Float)
    case text(String)
    case integers([Int64])
    case floats([Float])
    case tensor(TensorRecord)
    /// A graph, a sparse tensor, a list of strings: none that an operator of ours reads.
    case other
}

struct TensorRecord {
    enum Content {
        /// Little-endian elements in the file.
        case raw(Range<Int>)
        case floats([Float])
        case doubles([Double])
        case integers([Int64])
        /// Elements in another file.
        case external(ExternalData)
    }

    var name = ""
    var extents: [Int64] = []
    var type: Int64 = 0
    var content = Content.raw(0..<0)
}

/// Where a tensor's elements stand outside the ONNX file.
package struct ExternalData: Hashable, Sendable {
    /// The path, relative to the ONNX file's folder, as the file gives it.
    package var location: String
    package var offset: Int64
    /// Octets; `nil`: as many as the tensor takes.
    package var length: Int64?

    package init(location: String = "", offset: Int64 = 0, length: Int64? = nil) {
        (self.location, self.offset, self.length) = (location, offset, length)
    }
}

/// An input or output of the graph.
struct ValueRecord {
    enum Extent: Hashable {
        case known(Int64)
        /// Any extent, under this name; empty where it has none.
        case free(String)
    }

    var name = ""
    /// `nil` where the value is no dense tensor.
    var type: Int64?
    /// `nil` where nothing is said of the shape.
    var extents: [Extent]?
}
