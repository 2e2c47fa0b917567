import Glibc
import ModelStore

/// Where an imported model is to be: written aside under a name that the server never reads, then renamed, so that there is
/// a whole model or none.
struct NewModelFolder {
    let path: String
    /// Whether it may take the place of a folder that is not empty: of a model's alone.
    let replaces: Bool

    func write(_ model: ModelSource) throws(FolderError) {
        let trimmed = path.drop(last: "/")
        let slash = trimmed.lastIndex(of: "/")
        let name = String(slash.map { trimmed[trimmed.index(after: $0)...] } ?? trimmed)
        let parent = slash.map { String(trimmed[...$0]) } ?? "./"
        guard !name.isEmpty, name != ".", name != ".." else { throw .name }
        let aside = ".\(name).\(getpid())"
        do throws(ModelError) {
            let folder = try Folder(path: parent)
            try folder.makeFolder(aside)
            do throws(ModelError) {
                try folder.fill(aside, with: model)
                try place(aside, as: name, in: folder)
            } catch {
                try? folder.remove(aside)
                throw error
            }
            try folder.synchronize()
        } catch {
            throw FolderError(error)
        }
    }

    private func place(_ aside: String, as name: String, in folder: borrowing Folder) throws(ModelError) {
        if replaces, try folder.isModel(name), try folder.exchange(aside, name) { return try folder.remove(aside) }
        // Takes the place of an empty folder, and of nothing else.
        try folder.rename(aside, to: name)
    }
}

/// What keeps a file from being read or a folder from being written.
enum FolderError: Error, Hashable, CustomStringConvertible {
    case name
    /// The folder is there, and not empty.
    case taken
    case notAFile
    case tooLarge(limit: Int)
    case cutOff(needed: Int64, found: Int64)
    case system(String, String)

    var description: String {
        switch self {
        case .name: "this is no name for a new folder"
        case .taken:
            "it is there already, and not an empty folder: remove it, write to another, or give --replace where it is a model"
        case .notAFile: "it is not a file"
        case .tooLarge(let limit): "it is larger than \(limit) bytes"
        case .cutOff(let needed, let found): "it has \(found) bytes where \(needed) are needed"
        case .system(let what, let reason): "\(what): \(reason)"
        }
    }
}

extension FolderError {
    /// Of a folder that could not be written.
    fileprivate init(_ error: ModelError) {
        guard case .file(let call, _, let code) = error else {
            self = .system("it cannot be written", "something else is in its place")
            return
        }
        switch call {
        case "rename" where [EEXIST, ENOTEMPTY, ENOTDIR].contains(code): self = .taken
        case "open", "mkdir", "rename": self = .system("it cannot be made", reason(code))
        default: self = .system("it cannot be written", reason(code))
        }
    }
}

/// The system's word for the last call's failure.
func systemReason() -> String { reason(errno) }

func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

extension String {
    /// Without the given character at its end, however often it stands there.
    fileprivate func drop(last character: Character) -> Substring {
        var rest = self[...]
        while rest.count > 1, rest.last == character { rest.removeLast() }
        return rest
    }
}
