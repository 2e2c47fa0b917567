import ConvolutionService
import Glibc

/// The file of keys, which is read at the start and again on SIGHUP.
struct KeyFile: Sendable {
    let path: String

    func read() throws(KeyFileError) -> APIKeys {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
            guard count > 0 else { break }
            text += chunk[..<count]
            guard text.count <= APIKeys.maximumFileSize else { throw .tooLarge }
        }
        do throws(APIKeyError) {
            return try APIKeys(parsing: text)
        } catch {
            throw .unusable(error)
        }
    }
}

enum KeyFileError: Error, CustomStringConvertible {
    case unreadable(String)
    case tooLarge
    case unusable(APIKeyError)

    var description: String {
        switch self {
        case .unreadable(let reason): "it cannot be read: \(reason)"
        case .tooLarge: "it is larger than \(APIKeys.maximumFileSize) bytes"
        case .unusable(let error): "\(error)"
        }
    }
}
