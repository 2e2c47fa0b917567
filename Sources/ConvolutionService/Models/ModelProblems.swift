import ConvolutionEngine
import Glibc
import HTTPTypes
import ModelStore
import TensorCoding

extension Problem {
    /// The model is not there, or cannot be kept or used.
    init(_ error: ModelError) {
        switch error {
        case .name, .inputShape, .unknownPort, .inMemory: self.init(.unprocessableContent, error.sentence)
        case .notFound: self.init(.notFound, error.sentence)
        case .description(let error): self.init(error)
        case .weights(let fault):
            self.init(fault)
            detail = error.sentence
        case .layers(let fault, _):
            self.init(fault, route: .forward)
            detail = error.sentence
        case .memory, .tooMany, .file(_, _, ENOSPC), .file(_, _, EDQUOT):
            self.init(.insufficientStorage, error.sentence)
        case .precondition: self.init(.preconditionFailed, error.sentence)
        // What is kept has become unreadable: nothing that the client can mend.
        case .file, .notAFile: self.init(.internalServerError, error.sentence)
        }
    }
}

extension ModelName {
    init(checking text: String) throws(Problem) {
        do throws(ModelError) {
            try self.init(text)
        } catch {
            throw Problem(error)
        }
    }
}

/// The sentences for people about models.
extension ModelError {
    package var sentence: String {
        switch self {
        case .name(let name):
            "\"\(name.prefix(60))\(name.count > 60 ? "…" : "")\" is not a name of a model: expected 1 to "
                + "\(ModelName.longest) of A-Z a-z 0-9 . _ -, beginning with a letter, a digit or _."
        case .notFound(let name): "There is no model \"\(name)\"; GET /v1/models lists all there are."
        case .description(let error): error.sentence
        case .weights(let error): "In the weights: " + error.sentence
        case .layers(let error, let input):
            (error.layer.map { "Layer \($0)" } ?? "The network") + (input.map { ", for an input of \($0)" } ?? "")
                + ": " + error.sentence
        case .inputShape(let found, let expected):
            "The input has the shape \(found), but the model takes \(expected.openShape)."
        case .unknownPort(let name, let side, let known):
            "The model has no \(side.rawValue) \"\(name.prefix(60))\"; it has "
                + known.map { "\"\($0)\"" }.joined(separator: ", ") + "."
        case .inMemory(let name):
            "The model \"\(name)\" is in no folder that it could be read from again; DELETE removes it."
        case .memory(let needed, let limit):
            "With this model all would take \(needed) bytes of memory, but the limit is \(limit) (--models-memory)."
        case .tooMany(let limit): "There are \(limit) models already, as many as there may be; delete one first."
        case .precondition(let tag):
            tag.map { "The model there is has the ETag \"\($0)\", which the request's condition leaves out." }
                ?? "There is no such model, but the request's condition wants one."
        case .file(let call, let path, let code): "\(call) \(path): \(systemMessage(code))."
        case .notAFile(let path, .link):
            "\(path) is a symbolic link out of its folder, and only links that stay in it are followed."
        case .notAFile(let path, .other): "\(path) is neither a file nor a folder."
        case .notAFile(let path, .tooLarge(let limit)): "\(path) is larger than \(limit) bytes."
        }
    }
}

extension [Int?] {
    /// `[any, 3, 224, 224]`
    var openShape: String { "[" + map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]" }
}

extension HTTPResponse.Status {
    /// RFC 4918 section 11.5
    static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
}
