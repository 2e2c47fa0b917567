import COpenSSL

/// The identities that are served, as one reading of their files left them.
final class TLSContext: Sendable {
    private let identities: [TLSIdentity]
    private let first: TLSIdentity

    init(_ configuration: TLSConfiguration) throws(ServerError) {
        var identities: [TLSIdentity] = []
        for identity in configuration.identities {
            identities.append(try TLSIdentity(identity, clientAuthority: configuration.clientAuthority))
        }
        guard let first = identities.first else { throw .tls("no certificate is given") }
        self.identities = identities
        self.first = first
        guard identities.count > 1 else { return }
        // Every session holds its `TLSContext`, so that the argument lives as long as it may be called with.
        copenssl_on_server_name(first.context, chooseIdentity, Unmanaged.passUnretained(self).toOpaque())
    }

    /// A server's session over a connected socket; nil for want of memory.
    func session(over socket: Socket) -> TLSSession? {
        guard let session = SSL_new(first.context) else { return nil }
        guard copenssl_attach(session, socketMethod.pointer, socket.descriptor.raw) == 1 else {
            SSL_free(session)
            return nil
        }
        SSL_set_accept_state(session)
        return TLSSession(adopting: session, of: self)
    }

    /// SNI (RFC 6066 section 3): the first identity whose certificate has the name, else the first of all.
    fileprivate func choose(for session: OpaquePointer) {
        guard let name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name),
            let identity = identities.first(where: { $0.serves(name) })
        else { return }
        SSL_set_SSL_CTX(session, identity.context)
    }
}

private func chooseIdentity(
    _ session: OpaquePointer?,
    _ alert: UnsafeMutablePointer<Int32>?,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    if let session, let argument {
        Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue().choose(for: session)
    }
    return SSL_TLSEXT_ERR_OK
}

/// How OpenSSL reads and writes sockets. Made once, never changed.
private struct SocketMethod: @unchecked Sendable {
    let pointer = copenssl_socket_method()
}

private let socketMethod = SocketMethod()
