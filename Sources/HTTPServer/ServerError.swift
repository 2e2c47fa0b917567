import Glibc

/// Why the server could not start, or lost what it needs to run. Errors of a single connection end that connection
/// and never leave this module.
package enum ServerError: Error, Hashable, Sendable {
    /// The host is neither an address nor a name that the resolver knows.
    case cannotResolve(host: String, reason: String)
    /// The address cannot be listened on; `code` is an errno.
    case cannotListen(address: String, port: Int, code: Int32)
    /// The process may open too few descriptors to serve even one connection.
    case tooFewDescriptors(limit: Int, open: Int)
    /// A system call that has no reason to fail did; `code` is an errno.
    case systemCall(String, code: Int32)
    /// A file of certificates or keys cannot be opened; `code` is an errno.
    case cannotRead(path: String, code: Int32)
    /// The file holds no certificate that OpenSSL takes; `reason` is its own.
    case badCertificate(path: String, reason: String)
    /// The file holds no private key that OpenSSL takes, or an encrypted one.
    case badKey(path: String, reason: String)
    case keyOfAnotherCertificate(certificate: String, key: String)
    /// The file holds no certificates of authorities.
    case badClientAuthority(path: String, reason: String)
    /// TLS cannot be set up at all; the reason is OpenSSL's.
    case tls(String)
}

extension ServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotResolve(let host, let reason):
            "cannot find the host \"\(host)\": \(reason)"
        case .cannotListen(let address, let port, EADDRINUSE):
            "cannot listen on \(address), port \(port): another process already does; stop it or choose another port"
        case .cannotListen(let address, let port, EACCES):
            "cannot listen on \(address), port \(port): not permitted; choose a port from 1024 upwards"
        case .cannotListen(let address, let port, EADDRNOTAVAIL):
            "cannot listen on \(address), port \(port): this machine has no such address"
        case .cannotListen(let address, let port, let code):
            "cannot listen on \(address), port \(port): \(describe(errno: code))"
        case .tooFewDescriptors(let limit, let open):
            "the process may open \(limit) descriptors and \(open) are open: too few; raise the limit (ulimit -n)"
        case .systemCall(let name, let code):
            "\(name) failed: \(describe(errno: code))"
        case .cannotRead(let path, let code):
            "cannot read \(path): \(describe(errno: code))"
        case .badCertificate(let path, let reason):
            "\(path) is not a certificate in PEM form: \(reason)"
        case .badKey(let path, let reason):
            "\(path) is not a private key in PEM form, or is encrypted: \(reason)"
        case .keyOfAnotherCertificate(let certificate, let key):
            "the key in \(key) does not belong to the certificate in \(certificate)"
        case .badClientAuthority(let path, let reason):
            "\(path) holds no certificates of authorities in PEM form: \(reason)"
        case .tls(let reason):
            "TLS cannot be set up: \(reason)"
        }
    }
}

/// The system's sentence for an errno.
func describe(errno code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else { return "error \(code)" }
        return String(cString: base)
    }
}
