import TensorCoding

extension FileFormat {
    var phrase: String {
        switch self {
        case .npy: "a .npy file"
        case .safetensors: "a safetensors file"
        case .multipart: "a multipart/form-data body"
        }
    }
}

/// The sentences for people about a file of tensors that is none.
extension FileFault {
    var sentence: String {
        switch self {
        case .magic: "it does not begin as one"
        case .version(let major, let minor): "its version is \(major).\(minor), expected 1.0, 2.0 or 3.0"
        case .cutOff(let needed, let found): "it has \(found) octets where its header tells of \(needed)"
        case .headerTooLong(let count, let limit): "its header has \(count) octets, expected at most \(limit)"
        case .header(let expected): "its header is faulty, expected \(expected)"
        case .duplicate(let name): "\"\(name.prefix(60))\" stands twice in its header"
        case .unterminated(let name): "its part \"\(name.prefix(60))\" has no end"
        case .surplus(let count): "\(count) octets at its end belong to nothing"
        case .offsets(let name, let begin, let end, let available):
            "the data of \"\(name.prefix(60))\" shall stand at \(begin) to \(end), but there are \(available) octets"
        case .notAdjacent(let name, let begin, let expected):
            "the data of \"\(name.prefix(60))\" begin at \(begin), expected \(expected): data overlap or leave a hole"
        }
    }
}
