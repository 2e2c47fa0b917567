import COpenSSL
import Glibc

/// What a probe speaks through: a connected, blocking socket, or TLS on top of it.
///
/// TLS does not look at the server's certificate: it is the machine's own server that is asked, by an address that no
/// certificate has, and nothing secret is said.
struct ProbeStream: ~Copyable {
    private let descriptor: Int32
    private let context: OpaquePointer?
    private let session: OpaquePointer?

    /// - Parameter tls: Nil for a plain connection.
    init(over descriptor: Int32, tls: ProbeTLS?) throws(ProbeFailure) {
        self.descriptor = descriptor
        context = tls == nil ? nil : SSL_CTX_new(TLS_client_method())
        // An encrypted key is an error; without this OpenSSL would ask the terminal for its password.
        if let context { SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 } }
        var isUsable = true
        if let context, let identity = tls?.identity {
            isUsable =
                SSL_CTX_use_certificate_chain_file(context, identity.certificate) == 1
                && SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1
        }
        session = isUsable ? context.flatMap { SSL_new($0) } : nil
        guard tls != nil else { return }
        guard isUsable else { throw .badIdentity }
        guard let session, SSL_set_fd(session, descriptor) == 1, SSL_connect(session) == 1 else { throw .noTLS }
    }

    /// Whether the server has ended the connection because the client showed no certificate that it takes. With TLS 1.3
    /// the client learns of it only when it reads.
    var wasRefused: Bool {
        let error = ERR_peek_last_error()
        return copenssl_library(error) == ERR_LIB_SSL && copenssl_reason(error) > SSL_AD_REASON_OFFSET
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    func send(_ octets: [UInt8]) -> Bool {
        if let session { return SSL_write(session, octets, Int32(clamping: octets.count)) == octets.count }
        return Glibc.send(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL)) == octets.count
    }

    /// At most as many as fit; 0 at the end, under 0 where there is no answer.
    func receive(into buffer: inout [UInt8], atMost count: Int) -> Int {
        if let session { return Int(SSL_read(session, &buffer, Int32(clamping: min(count, buffer.count)))) }
        return recv(descriptor, &buffer, min(count, buffer.count), 0)
    }
}

/// How to ask by TLS.
struct ProbeTLS {
    /// Paths of a certificate and its key, for servers that want to see one.
    var identity: (certificate: String, key: String)?
}
