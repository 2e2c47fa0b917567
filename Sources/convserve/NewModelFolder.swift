import Glibc

/// Where an imported model is to be: written aside under a name that the server never reads, then renamed, so that there is
/// a whole model or none.
struct NewModelFolder {
    let path: String

    func write(_ description: [UInt8], weights: [UInt8]?) throws(FolderError) {
        let trimmed = path.drop(last: "/")
        let slash = trimmed.lastIndex(of: "/")
        let name = slash.map { trimmed[trimmed.index(after: $0)...] } ?? trimmed
        let parent = slash.map { String(trimmed[...$0]) } ?? "./"
        guard !name.isEmpty, name != ".", name != ".." else { throw .name }
        let aside = "\(parent).\(name).\(getpid())"
        guard mkdir(aside, 0o777) == 0 else { throw .system("it cannot be made", systemReason()) }
        var isDone = false
        defer { if !isDone { remove(aside) } }
        if let weights { try file("\(aside)/\(NewModelFolder.weights)", weights) }
        try file("\(aside)/\(NewModelFolder.description)", description)
        try synchronize(aside)
        // Takes the place of an empty folder, and of nothing else.
        guard rename(aside, String(trimmed)) == 0 else {
            let isTaken = [EEXIST, ENOTEMPTY, ENOTDIR].contains(errno)
            throw isTaken ? .taken : .system("it cannot be made", systemReason())
        }
        isDone = true
        try synchronize(parent)
    }

    private static let description = "model.json"
    private static let weights = "weights.safetensors"

    /// A new file, on the disk when this returns.
    private func file(_ path: String, _ octets: [UInt8]) throws(FolderError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system("it cannot be written", systemReason()) }
        defer { close(descriptor) }
        var done = 0
        while done < octets.count {
            let count = octets.withUnsafeBytes { raw in
                Glibc.write(descriptor, raw.baseAddress?.advanced(by: done), raw.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("it cannot be written", systemReason()) }
            done += count
        }
        guard fsync(descriptor) == 0 else { throw .system("it cannot be written", systemReason()) }
    }

    /// Makes the names in a folder last through a loss of power.
    private func synchronize(_ path: String) throws(FolderError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("it cannot be opened", systemReason()) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("it cannot be written", systemReason()) }
    }

    private func remove(_ aside: String) {
        for name in [NewModelFolder.weights, NewModelFolder.description] { unlink("\(aside)/\(name)") }
        rmdir(aside)
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
        case .taken: "it is there already, and not an empty folder: remove it, or write to another"
        case .notAFile: "it is not a file"
        case .tooLarge(let limit): "it is larger than \(limit) bytes"
        case .cutOff(let needed, let found): "it has \(found) bytes where \(needed) are needed"
        case .system(let what, let reason): "\(what): \(reason)"
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
