import Glibc
import Synchronization

/// The identities served now. They can be read anew while connections are open: those keep what they began with.
final class Certificates: Sendable {
    let configuration: TLSConfiguration
    private let context: Mutex<TLSContext>

    init(_ configuration: TLSConfiguration) throws(ServerError) {
        self.configuration = configuration
        context = Mutex(try TLSContext(configuration))
    }

    /// What a new connection begins with.
    var current: TLSContext { context.withLock { $0 } }

    /// Reads the files again. Where that fails, what was served is served on.
    func reload() throws(ServerError) {
        let new = try TLSContext(configuration)
        context.withLock { $0 = new }
    }

    /// The keys that any user of this machine can read.
    var exposedKeys: [String] {
        configuration.identities.map(\.key).filter { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IROTH != 0
        }
    }
}
