package import ConvolutionEngine
package import TensorCoding

/// Why an ONNX file cannot become a model's folder: the evidence. The sentences are written elsewhere.
package enum ImportError: Error, Hashable, Sendable {
    /// The file is not a message as protocol buffers encode it. `offset` counts the file's octets.
    case encoding(EncodingFault, offset: Int)
    /// There is no graph in the file: it is not an ONNX model.
    case noGraph
    /// The operator set of ONNX's own domain is missing, or outside the versions that are known.
    case opset(Int64?, known: ClosedRange<Int64>)
    /// The graph must have one input that is no constant; these are there.
    case inputs([String])
    case input(String, InputFault)
    case noOutputs
    /// An output of the graph that no node makes, or that is no feature map.
    case output(String, OutputFault)
    /// Two nodes, or a node and an input, make the same value.
    case madeTwice(String)
    /// Nodes that read their own results, by way of others.
    case cycle([String])
    case tooManyLayers(Int, limit: Int)
    /// What is wrong with nodes, all at once, in the graph's order.
    case nodes([NodeFault])
}

package enum EncodingFault: Hashable, Sendable {
    case cutOff(needed: UInt64, found: Int)
    case varint
    case fieldNumber(UInt64)
    case wireType(UInt64)
    /// A known field that is encoded as another type.
    case fieldType(number: Int)
    case text
    case attributeTwice(String)
    case externalNumber(key: String, String)
    case tooManyParts(limit: Int)
}

package enum InputFault: Hashable, Sendable {
    /// ONNX's number of an element type that is not float32, or `nil` where the input is no tensor.
    case elementType(Int64?)
    /// Nothing is said of its shape, or it has no axes, or too many.
    case noShape
    /// An axis other than the first that may have any extent, under this name.
    case free(axis: Int, name: String)
    case extent(axis: Int, Int64)
    /// A shape that was asked for does not fit the graph's.
    case otherShape(asked: [Int?], found: [Int64?])
    case overflow
}

package enum OutputFault: Hashable, Sendable {
    case unknown
    case constant
}

/// What is wrong with one node.
package struct NodeFault: Hashable, Sendable {
    /// Its name or, where it has none, that of its first output.
    package var node: String
    /// With its domain, where that is not ONNX's own.
    package var operation: String
    package var problem: NodeProblem

    package init(node: String, operation: String, problem: NodeProblem) {
        (self.node, self.operation, self.problem) = (node, operation, problem)
    }
}

package enum NodeProblem: Error, Hashable, Sendable {
    /// No layer does what the operator does.
    case unknownOperator
    /// The operator is known, but this is not computed.
    case unsupported(String)
    /// An input that the operator must have is left out.
    case missingInput(Int)
    /// A name that is no input, no constant, and no node's output.
    case undefined(String)
    /// The input must be a constant.
    case notConstant(String)
    /// The input must not be a constant.
    case constant(String)
    case missingAttribute(String)
    /// An attribute of another type than the operator's.
    case attributeType(String)
    /// An attribute that has a value it cannot have.
    case attributeValue(String, found: String)
    /// An attribute that the operator is not known to have.
    case unknownAttribute(String)
    case tensor(String, TensorFault)
    /// The shape ties the result to one number of samples, but the graph's input has any.
    case fixesBatch
    case engine(EngineError)
}

/// What is wrong with a constant.
package enum TensorFault: Error, Hashable, Sendable {
    /// ONNX's number of an element type that cannot be used here.
    case elementType(Int64)
    case shape([Int64])
    /// Elements or octets.
    case count(found: Int, expected: Int)
    case element(CodingError)
    case notFinite(index: Int)
    case external(ExternalFault)
    /// Folding constants would take more memory than the file can mean.
    case tooLarge
}

/// What is wrong with a file of tensors beside the model.
package enum ExternalFault: Error, Hashable, Sendable {
    /// The path is absolute, has a part "..", or leads out of the model's folder by a link.
    case outside(String)
    /// With the system's reason.
    case unreadable(String, reason: String)
    case cutOff(String, needed: Int64, found: Int64)
}

/// Reads octets of a file beside the model: as many as are asked for, or an error.
package typealias ExternalReader = (_ data: ExternalData, _ count: Int) throws(ExternalFault) -> [UInt8]
