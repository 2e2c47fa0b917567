package import ConvolutionEngine
package import TensorCoding

/// Why a model cannot be kept, found or used, with the evidence.
package enum ModelError: Error, Hashable, Sendable {
    /// Not a name of a model.
    case name(String)
    case notFound(ModelName)
    /// `model.json` cannot be meant.
    case description(CodingError)
    /// The file of weights is none.
    case weights(CodingError)
    /// The layers do not fit, for an input of this shape.
    case layers(EngineError, input: Shape?)
    /// The input of a request is not of the model's shape.
    case inputShape(found: Shape, expected: [Int?])
    /// An input or output that the model does not have.
    case unknownPort(String, side: Side, known: [String])
    /// Not kept in a folder, so that it could not be read again.
    case inMemory(ModelName)
    /// The models would take more memory than they may.
    case memory(needed: Int, limit: Int)
    /// As many models as there may be.
    case tooMany(limit: Int)
    /// What the client expected of the model there was is not so.
    case precondition(current: String?)
    /// The file system says no: the call, what it was about, and `errno`.
    case file(String, path: String, code: Int32)
    /// Something that is not what a model's folder holds: a link, a device, too large a file.
    case notAFile(String, reason: FileReason)

    package enum Side: String, Hashable, Sendable { case input, output }

    package enum FileReason: Hashable, Sendable {
        case link, other
        case tooLarge(limit: Int)
    }
}
