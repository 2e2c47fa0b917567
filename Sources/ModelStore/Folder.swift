import CLinux
import Glibc

/// An open folder, and what may be done in it. Names are single components. A link is followed only for reading, and only
/// where all that it leads through lies in this folder too, so that nothing outside is reached: Kubernetes gives each file of
/// a volume as a link to the newest of the folders beside it.
package struct Folder: ~Copyable {
    let descriptor: Int32
    /// For messages.
    let path: String

    /// Opens the folder of this path, following links, as whoever starts the server may have meant.
    package init(path: String) throws(ModelError) {
        try self.init(adopting: retried { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }, path: path)
    }

    private init(adopting descriptor: Int32, path: String) throws(ModelError) {
        guard descriptor >= 0 else { throw .file("open", path: path, code: errno) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { _ = close(descriptor) }

    /// A folder in this one, to be read.
    func folder(_ name: String) throws(ModelError) -> Folder {
        let opened = openInside(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if opened < 0, errno == EXDEV || errno == ELOOP { throw .notAFile("\(path)/\(name)", reason: .link) }
        if opened < 0, errno == ENOTDIR { throw .notAFile("\(path)/\(name)", reason: .other) }
        return try Folder(adopting: opened, path: "\(path)/\(name)")
    }

    /// A folder in this one that is no link, to be written or removed.
    private func ownFolder(_ name: String) throws(ModelError) -> Folder {
        let opened = retried { openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) }
        return try Folder(adopting: opened, path: "\(path)/\(name)")
    }

    /// Opens what has this name, following links that stay in this folder; EXDEV for one that leads out of it.
    private func openInside(_ name: String, _ flags: Int32) -> Int32 {
        var how = open_how()
        how.flags = UInt64(flags)
        how.resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS)
        let opened = retried {
            Int32(
                truncatingIfNeeded: open_how_call(open_how_number, descriptor, name, &how, MemoryLayout<open_how>.size)
            )
        }
        // Before Linux 5.6, and where a sandbox does not know the call, no link is followed at all.
        guard opened < 0, errno == ENOSYS || errno == EPERM else { return opened }
        return retried { openat(descriptor, name, flags | O_NOFOLLOW) }
    }

    package func makeFolder(_ name: String) throws(ModelError) {
        guard mkdirat(descriptor, name, 0o777) == 0 else { throw .file("mkdir", path: "\(path)/\(name)", code: errno) }
    }

    /// The names in it, but `.` and `..`.
    func names() throws(ModelError) -> [String] {
        // A descriptor of its own: reading moves it, and closing the stream closes it.
        let again = retried { openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard again >= 0, let stream = fdopendir(again) else {
            if again >= 0 { _ = close(again) }
            throw .file("opendir", path: path, code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Writes the files of a model into an empty folder in this one; they are on the disk when this returns.
    package func fill(_ name: String, with source: ModelSource) throws(ModelError) {
        let inner = try ownFolder(name)
        if let weights = source.weights { try inner.write(ModelFolder.weights, weights) }
        try inner.write(ModelFolder.description, source.json)
        try inner.synchronize()
    }

    /// Whether a folder of this name, no link, has a model in it.
    package func isModel(_ name: String) throws(ModelError) -> Bool {
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            return false
        }
        return try ownFolder(name).has(ModelFolder.description)
    }

    /// Makes what was done to names in it last through a loss of power.
    package func synchronize() throws(ModelError) {
        guard retried({ fsync(descriptor) }) == 0 else { throw .file("fsync", path: path, code: errno) }
    }

    /// Whether there is anything of this name, a link included.
    func has(_ name: String) -> Bool {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    package func rename(_ name: String, to other: String) throws(ModelError) {
        guard renameat(descriptor, name, descriptor, other) == 0 else {
            throw .file("rename", path: "\(path)/\(name)", code: errno)
        }
    }

    /// Swaps two names in one step; `false` where the file system cannot.
    package func exchange(_ name: String, _ other: String) throws(ModelError) -> Bool {
        // RENAME_EXCHANGE of linux/fs.h
        if exchange_names(descriptor, name, descriptor, other, 2) == 0 { return true }
        guard errno == EINVAL || errno == ENOSYS else {
            throw .file("rename", path: "\(path)/\(name)", code: errno)
        }
        return false
    }
}

// MARK: - Files

extension Folder {
    /// What tells whether a file is the same as before.
    struct Signature: Hashable, Sendable {
        let device: UInt
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    /// Of what a link leads to, of the link itself where that is not in this folder; `nil` where there is no such name.
    func signature(_ name: String) -> Signature? {
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        if status.st_mode & S_IFMT == S_IFLNK {
            let target = openInside(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            if target >= 0 {
                defer { _ = close(target) }
                guard fstat(target, &status) == 0 else { return nil }
            }
        }
        return Signature(
            device: UInt(status.st_dev),
            inode: UInt(status.st_ino),
            size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }

    /// A whole file; `nil` where there is none. Links out of the folder, devices and what is over the limit are errors.
    func read(_ name: String, limit: Int) throws(ModelError) -> [UInt8]? {
        let file = "\(path)/\(name)"
        // Non-blocking: a pipe must not hold the reader up before it is known for one.
        let descriptor = openInside(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            if errno == EXDEV || errno == ELOOP { throw .notAFile(file, reason: .link) }
            throw .file("open", path: file, code: errno)
        }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file("stat", path: file, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(file, reason: .other) }
        guard status.st_size <= limit else { throw .notAFile(file, reason: .tooLarge(limit: limit)) }
        var octets = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { _, count in count = 0 }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = retried { Glibc.read(descriptor, &chunk, chunk.count) }
            guard count >= 0 else { throw .file("read", path: file, code: errno) }
            guard count > 0 else { return octets }
            octets += chunk[..<count]
            // It grows while it is read.
            guard octets.count <= limit else { throw .notAFile(file, reason: .tooLarge(limit: limit)) }
        }
    }

    /// Writes a new file and waits until it is on the disk.
    func write(_ name: String, _ octets: [UInt8]) throws(ModelError) {
        let file = "\(path)/\(name)"
        let descriptor = retried {
            openat(self.descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
        }
        guard descriptor >= 0 else { throw .file("create", path: file, code: errno) }
        defer { _ = close(descriptor) }
        var start = 0
        while start < octets.count {
            let count = octets.withUnsafeBytes { raw in
                retried { Glibc.write(descriptor, raw.baseAddress?.advanced(by: start), raw.count - start) }
            }
            guard count > 0 else { throw .file("write", path: file, code: errno) }
            start += count
        }
        guard retried({ fsync(descriptor) }) == 0 else { throw .file("fsync", path: file, code: errno) }
    }

    /// Removes what has this name, with all that is in it; links are removed, not followed.
    package func remove(_ name: String) throws(ModelError) { try remove(name, depth: 0) }

    private func remove(_ name: String, depth: Int) throws(ModelError) {
        if unlinkat(descriptor, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM, depth < Folder.deepest else {
            throw .file("unlink", path: "\(path)/\(name)", code: errno)
        }
        let inner = try ownFolder(name)
        for entry in try inner.names() { try inner.remove(entry, depth: depth + 1) }
        guard unlinkat(descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw .file("rmdir", path: "\(path)/\(name)", code: errno)
        }
    }

    /// Folders within one another: a model's holds files.
    private static let deepest = 16
}

/// Makes a call again for as long as a signal interrupts it.
func retried<Result: FixedWidthInteger & SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result == -1, errno == EINTR { continue }
        return result
    }
}
