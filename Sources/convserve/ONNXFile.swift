import Glibc
import ONNXImport

/// An ONNX file, and the files of tensors beside it.
struct ONNXFile {
    /// What protocol buffers can encode.
    static let mostOctets = 1 << 31

    let path: String

    func read() throws(FolderError) -> [UInt8] {
        let descriptor = try opened(path)
        defer { close(descriptor) }
        let size = try size(of: descriptor)
        guard size <= ONNXFile.mostOctets else { throw .tooLarge(limit: ONNXFile.mostOctets) }
        return try octets(descriptor, count: size, offset: 0)
    }

    /// Octets of a file in the model's own folder, or below it.
    func external(_ data: ExternalData, _ count: Int) throws(ExternalFault) -> [UInt8] {
        let location = data.location
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(".."), !parts.contains(""), !location.utf8.contains(0) else { throw .outside(location) }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        guard let root = resolved(folder) else { throw .unreadable(location, reason: systemReason()) }
        guard let file = resolved(folder + location) else { throw .unreadable(location, reason: systemReason()) }
        // Links may lead somewhere else.
        guard file.hasPrefix(root == "/" ? "/" : root + "/") else { throw .outside(location) }
        do throws(FolderError) {
            let descriptor = try opened(file)
            defer { close(descriptor) }
            let size = try size(of: descriptor)
            let (end, overflow) = data.offset.addingReportingOverflow(Int64(count))
            guard !overflow, end <= Int64(size) else {
                throw FolderError.cutOff(needed: overflow ? .max : end, found: Int64(size))
            }
            return try octets(descriptor, count: count, offset: Int(data.offset))
        } catch {
            if case .cutOff(let needed, let found) = error { throw .cutOff(location, needed: needed, found: found) }
            throw .unreadable(location, reason: "\(error)")
        }
    }

    private func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Non-blocking: a pipe must not hold the reader up before it is known for one.
    private func opened(_ path: String) throws(FolderError) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system("it cannot be opened", systemReason()) }
        return descriptor
    }

    private func size(of descriptor: Int32) throws(FolderError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("it cannot be read", systemReason()) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        return Int(status.st_size)
    }

    /// `count` octets, which the file's size promises.
    private func octets(_ descriptor: Int32, count: Int, offset: Int) throws(FolderError) -> [UInt8] {
        var (done, code) = (0, 0 as Int32)
        let octets = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while done < count {
                let part = pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, offset + done)
                if part < 0, errno == EINTR { continue }
                if part <= 0 {
                    code = part < 0 ? errno : 0
                    break
                }
                done += part
            }
            filled = done
        }
        guard done == count else {
            throw code == 0
                ? .cutOff(needed: Int64(count), found: Int64(done)) : .system("it cannot be read", reason(code))
        }
        return octets
    }
}
