import COpenSSL
import Glibc

/// What a probe speaks through: a connected, blocking socket, or TLS on top of it.
struct ProbeStream: ~Copyable {
    private let descriptor: Int32
    private let context: OpaquePointer?
    private let session: OpaquePointer?

    /// Does not look at the certificate: it is the machine's own server that is asked, by an address that no
    /// certificate has, and nothing secret is said. Nil where the handshake fails.
    init?(over descriptor: Int32, usingTLS: Bool) {
        self.descriptor = descriptor
        context = usingTLS ? SSL_CTX_new(TLS_client_method()) : nil
        session = context.flatMap { SSL_new($0) }
        guard usingTLS else { return }
        guard let session, SSL_set_fd(session, descriptor) == 1, SSL_connect(session) == 1 else { return nil }
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
